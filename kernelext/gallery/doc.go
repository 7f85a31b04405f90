// Package gallery shows what a result looks like everywhere. Its one source is
// notebooks/gallery.lab, a script with a heading above each cell: it runs in our
// kernel as notebooks/gallery.ipynb, becomes a page of the site with a picture of
// each chart, and gives the charts that package chart is tested with.
//
//	items, err := gallery.Run(ctx, "notebooks/gallery.lab")
//
// The tests take pictures of the notebook in JupyterLab, light and dark, opened
// again without trust, as HTML of nbconvert and as text of 80 columns;
//
//	make gallery
//
// writes them to out/gallery. A new card or chart gets a cell in the script, then
// go test ./kernelext/gallery ./kernelext/chart -update. It leaves out GoNB and
// VS Code.
package gallery
