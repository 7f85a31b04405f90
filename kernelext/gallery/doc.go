// Package gallery shows what a result looks like everywhere: the scripts of
// testdata, one a chapter, become a notebook that runs in our kernel, and its
// tests take pictures of it in JupyterLab, light and dark, opened again without
// trust, as HTML of nbconvert and as text of 80 columns.
//
//	make gallery
//
// writes them to out/gallery. A new card or chart gets a cell in its chapter. It
// leaves out GoNB and VS Code.
package gallery
