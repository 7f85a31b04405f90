package kernel

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/kernelext/lab/record"
)

// front is what a front end keeps of widgets: the state of every model.
type front map[string]map[string]any

// learn takes comm messages and gives the ids of models that changed.
func (f front) learn(t *testing.T, all []news) (changed []string) {
	t.Helper()
	for _, n := range all {
		id := n.text("comm_id")
		data, _ := n.content["data"].(map[string]any)
		switch n.kind {
		case "comm_open":
			require.Equal(t, "jupyter.widget", n.text("target_name"))
			f[id] = data["state"].(map[string]any)
		case "comm_close":
			delete(f, id)
		case "comm_msg":
			require.Contains(t, f, id)
			if data["method"] == "update" {
				changed = append(changed, id)
				for k, v := range data["state"].(map[string]any) {
					f[id][k] = v
				}
			}
		}
	}
	return changed
}

// whole holds that all that a model refers to is there.
func (f front) whole(t *testing.T) {
	t.Helper()
	for id, state := range f {
		for _, key := range []string{"layout", "style"} {
			if ref, ok := state[key].(string); ok {
				require.Contains(t, f, ref[len("IPY_MODEL_"):], "%s of %s", key, id)
			}
		}
	}
}

// find is the one model of a name.
func (f front) find(t *testing.T, name string) string {
	t.Helper()
	found := ""
	for id, state := range f {
		if state["_model_name"] == name {
			require.Empty(t, found, "two of %s", name)
			found = id
		}
	}
	require.NotEmpty(t, found, name)
	return found
}

// move is what a front end sends when a person moves a control.
func (c *client) move(id string, state object) []news {
	return c.until(c.send(c.shell, "comm_msg", object{"comm_id": id, "data": object{"method": "update", "state": state, "buffer_paths": []any{}}}))
}

func TestInteract(t *testing.T) {
	c := connect(t)
	reply, out := c.run("Interact(func(v Values) any {\n\tfmt.Println(\"not seen\")\n\ts := SingleNode{Model: Llama3_8B, Hardware: H100, Batch: v.Int(\"batch\")}\n\tif v.On(\"8 bit\") {\n\t\ts.Precision = FP8\n\t}\n\treturn s.Run()\n}, Slider(\"batch\", 1, 512, 32), Checkbox(\"8 bit\", false))")
	require.Equal(t, "ok", reply.text("status"), reply.text("evalue"))
	f := front{}
	f.learn(t, out)
	slider, check, result := f.find(t, "IntSliderModel"), f.find(t, "CheckboxModel"), f.find(t, "HTMLModel")
	require.EqualValues(t, 32, f[slider]["value"])
	first := f[result]["value"]

	shown, standIn := out[len(out)-2], out[len(out)-1]
	require.Equal(t, "display_data", shown.kind)
	require.Equal(t, "display_data", standIn.kind)
	box := shown.data("application/vnd.jupyter.widget-view+json").(map[string]any)["model_id"].(string)
	require.Equal(t, "VBoxModel", f[box]["_model_name"])
	require.Equal(t, []any{"IPY_MODEL_" + slider, "IPY_MODEL_" + check, "IPY_MODEL_" + result}, f[box]["children"])
	require.Equal(t, "controls: batch, 8 bit", shown.data(plainText))
	require.NotContains(t, shown.content["data"], "text/html")
	require.Contains(t, standIn.data(plainText), "Latency")
	require.Contains(t, standIn.data("text/html"), `type="range"`, "where there is no kernel")
	bare := strings.TrimSuffix(strings.TrimPrefix(first.(string), `<div style="line-height:normal">`), "</div>")
	require.Contains(t, standIn.data("text/html"), bare)
	f.whole(t)

	changed := c.move(slider, object{"value": 256})
	require.Equal(t, []string{"comm_msg", "stream", "comm_msg"}, kinds(changed))
	require.Equal(t, "echo_update", changed[0].content["data"].(map[string]any)["method"])
	require.Equal(t, []string{result}, f.learn(t, changed))
	second := f[result]["value"]
	require.NotEqual(t, first, second)
	f.learn(t, c.move(check, object{"value": true}))
	require.NotEqual(t, second, f[result]["value"])
	f.learn(t, c.move(check, object{"value": false}))
	require.Equal(t, second, f[result]["value"])
	f.learn(t, c.move(slider, object{"value": 32}))
	require.Equal(t, first, f[result]["value"])

	require.Empty(t, f.learn(t, c.move(slider, object{"value": "many"})), "no number")
	require.Empty(t, f.learn(t, c.move("unknown", object{"value": 1})))
	require.Len(t, c.ask(c.shell, "comm_info_request", object{"target_name": "jupyter.widget"}).content["comms"], len(f))
}

// The notebook keeps what a slider shows once it stands still.
func TestInteractKeepsItsLook(t *testing.T) {
	c := connect(t)
	_, out := c.run("Interact(func(v Values) any { return fmt.Sprint(\"look \", v.Int(\"n\") * 1000) }, Slider(\"n\", 0, 9, 4))")
	f := front{}
	f.learn(t, out)
	kept := out[len(out)-1]
	require.Contains(t, kept.data("text/html"), "look 4000")
	for n := range 3 {
		c.move(f.find(t, "IntSliderModel"), object{"value": 5 + n})
	}
	c.send(c.shell, "execute_request", object{"code": "1", "silent": true}) // which says nothing itself
	require.Equal(t, "ok", c.receive(c.shell).text("status"))
	n := c.next("update_display_data")
	require.Equal(t, kept.content["transient"], n.content["transient"])
	require.Equal(t, "look 7000", n.data(plainText))
	require.Contains(t, n.data("text/html"), `<output>7</output>`)
	_, out = c.run("1")
	require.Equal(t, []string{"execute_result"}, kinds(out), "said once")
}

// A moved slider answers with new numbers at once.
func TestSliderIsFast(t *testing.T) {
	c := connect(t)
	_, out := c.run("Interact(func(v Values) any {\n\treturn Evaluate(Llama3_8B, H100)\n}, SliderOver(\"batch\", Pow2(1, 512), 32))")
	f := front{}
	f.learn(t, out)
	slider := f.find(t, "SelectionSliderModel")
	var took []time.Duration
	for i := range 40 {
		began := time.Now()
		require.NotEmpty(t, f.learn(t, c.move(slider, object{"index": i % 10})))
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	t.Logf("median %v, slowest %v", took[len(took)/2], took[len(took)-1])
	require.Less(t, took[len(took)/2], 250*time.Millisecond, "on a busy machine")
}

// A chart follows as a picture.
func TestInteractChart(t *testing.T) {
	c := connect(t)
	_, out := c.run("Interact(func(v Values) any {\n\treturn Sweep(SingleNode{Model: Llama3_8B, Hardware: HardwareNamed(v.Text(\"device\"))}, \"Batch\", Pow2(1, 64)).Chart(\"Batch\", \"Latency\")\n}, Dropdown(\"device\", \"H100\", \"A100\"))")
	f := front{}
	f.learn(t, out)
	first := f[f.find(t, "HTMLModel")]["value"]
	require.Contains(t, first, "data:image/svg+xml")
	f.learn(t, c.move(f.find(t, "DropdownModel"), object{"index": 1}))
	require.Contains(t, f[f.find(t, "HTMLModel")]["value"], "data:image/svg+xml")
	require.NotEqual(t, first, f[f.find(t, "HTMLModel")]["value"])
}

// What goes wrong while a slider moves is shown in the place of the result; it
// can be interrupted, and the session lives on.
func TestInteractTrouble(t *testing.T) {
	c := connect(t)
	_, out := c.run("keep := 41\nInteract(func(v Values) any {\n\tswitch v.Int(\"at\") {\n\tcase 577:\n\t\tfor {\n\t\t}\n\tcase 578:\n\t\treturn []int{1}[v.Int(\"at\")]\n\t}\n\treturn v.Int(\"at\")\n}, Slider(\"at\", 0, 1000, 0))")
	f := front{}
	f.learn(t, out)
	at, result := f.find(t, "IntSliderModel"), f.find(t, "HTMLModel")
	f.learn(t, c.move(at, object{"value": 578}))
	require.Contains(t, f[result]["value"], "index out of range")
	f.learn(t, c.move(at, object{"value": 12}))
	require.NotContains(t, f[result]["value"], "index out of range")

	id := c.send(c.shell, "comm_msg", object{"comm_id": at, "data": object{"method": "update", "state": object{"value": 577}}})
	c.hears("comm_msg") // the echo: it is about to run
	c.send(c.control, "interrupt_request", object{})
	require.Equal(t, "interrupt_reply", c.receive(c.control).kind)
	for n := range c.news {
		if n.parent == id && n.kind == "error" {
			require.Equal(t, "Interrupted", n.text("ename"))
			break
		}
	}
	_, out = c.run("keep + 1")
	require.Equal(t, "42", out[0].data(plainText))
}

func TestInteractRefuses(t *testing.T) {
	c := connect(t)
	for code, want := range map[string]string{
		"Interact(func(v Values) any { return 1 })":                                               "no controls",
		"Interact(func(v Values) any { return 1 }, Slider(\"a\", 3, 1, 2))":                       "want the lower end first",
		"Interact(func(v Values) any { return 1 }, Checkbox(\"a\", true), Checkbox(\"a\", true))": "two controls have the name a",
		"Interact(func(v Values) any { return v.Int(\"b\") }, Slider(\"a\", 1, 3, 2))":            "no control has the name",
		"Interact(func(v Values) any { return v.Text(\"a\") }, Slider(\"a\", 1, 3, 2))":           "is not a text",
		"Interact(func(v Values) any { return 1 }, SliderOver(\"a\", Pow2(1, 8), 3))":             "want one of its values",
		"Interact(func(v Values) any { return 1 }, Dropdown(\"a\"))":                              "no options",
	} {
		reply, _ := c.run(code)
		require.Contains(t, reply.text("evalue"), want, code)
	}
}

// A front end that was reloaded learns every state, and hears when all is gone.
func TestWidgetStates(t *testing.T) {
	c := connect(t)
	_, out := c.run("Interact(func(v Values) any { return v.Int(\"n\") }, Slider(\"n\", 0, 9, 4))")
	f := front{}
	f.learn(t, out)
	slider := f.find(t, "IntSliderModel")
	f.learn(t, c.move(slider, object{"value": 7}))
	f[slider]["value"] = 7.0

	c.until(c.send(c.shell, "comm_open", object{"comm_id": "ask", "target_name": "jupyter.widget.control", "data": object{}}))
	all := c.until(c.send(c.shell, "comm_msg", object{"comm_id": "ask", "data": object{"method": "request_states"}}))
	require.Len(t, all, 1)
	states := all[0].content["data"].(map[string]any)["states"].(map[string]any)
	require.Len(t, states, len(f))
	for id, state := range f {
		require.Equal(t, any(state), states[id].(map[string]any)["state"])
		require.Equal(t, state["_model_name"], states[id].(map[string]any)["model_name"])
	}
	_, out = c.run("%reset")
	f.learn(t, out)
	require.Empty(t, f)
}

// A prediction is recorded in the output of its cell when it is locked.
func TestPredictWith(t *testing.T) {
	c := connect(t)
	_, out := c.run("PredictWith(\"q1\", Slider(\"ms\", 0, 50, 10))")
	f := front{}
	f.learn(t, out)
	slider, button := f.find(t, "IntSliderModel"), f.find(t, "ButtonModel")
	require.Equal(t, "not locked yet", out[len(out)-1].data(plainText))
	f.learn(t, c.move(slider, object{"value": 25}))
	click := func() []news {
		return c.until(c.send(c.shell, "comm_msg", object{"comm_id": button, "data": object{"method": "custom", "content": object{"event": "click"}}}))
	}
	out = click()
	f.learn(t, out)
	require.Equal(t, true, f[slider]["disabled"])
	require.Equal(t, true, f[button]["disabled"])
	last := out[len(out)-1]
	require.Equal(t, "update_display_data", last.kind)
	claim := last.data(record.MIME).(map[string]any)
	require.Equal(t, "predict", claim["kind"])
	require.EqualValues(t, 25, claim["number"])
	f.learn(t, c.move(slider, object{"value": 30}))
	require.EqualValues(t, 25, f[slider]["value"], "a move that comes late is taken back")
	require.Empty(t, click(), "it is locked")
}
