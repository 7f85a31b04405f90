package kernel

func (k *kernel) complete(req request) object { return object{"status": "ok"} }
func (k *kernel) inspect(req request) object  { return object{"status": "ok"} }
func (k *kernel) page(name string) any        { return nil }
func (k *kernel) variables() string           { return "" }
