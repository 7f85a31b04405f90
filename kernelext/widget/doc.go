// Package widget puts sliders, dropdowns and checkboxes above a result that
// follows them. Where a kernel carries the ipywidgets protocol (version 2.1, the
// front end jupyterlab_widgets) they are live; elsewhere the same call becomes an
// HTML explorer over results computed beforehand.
//
//	Interact(func(v Values) any {
//		return SingleNode{Model: Llama3_8B, Hardware: H100, Batch: v.Int("batch")}.Run()
//	}, SliderOver("batch", Pow2(1, 512), 32))
//
// Beside live controls the notebook keeps a second output: the last look, with an
// explorer that stands in for the controls where no kernel carries them.
//
// It leaves out layout, styling and every other widget of ipywidgets. Answers
// belong in code cells: a grader runs a notebook without a front end.
package widget
