package cli

import (
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/mlsysim/golab/kernelext/chart"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/show"
)

// A Format is a way to print a result.
type Format string

// The formats. CSV is for tables only.
const (
	Text     Format = "text"
	JSON     Format = "json"
	Markdown Format = "markdown"
	HTML     Format = "html"
	CSV      Format = "csv"
)

// Formats lists the names of the formats.
func Formats() []string {
	return []string{string(Text), string(JSON), string(Markdown), string(HTML), string(CSV)}
}

// String returns the name.
func (f *Format) String() string { return string(*f) }

// Type names what the flag wants.
func (f *Format) Type() string { return "format" }

// Set reads a name in any case.
func (f *Format) Set(text string) error {
	i, err := describe.ParseEnum("format", text, Formats())
	if err == nil {
		*f = Format(Formats()[i])
	}
	return err
}

// Output adds -o, --format to a command and those below it. --output means the
// same where no input field has that name.
func Output(cmd *cobra.Command) *Format {
	f := Text
	flags := cmd.PersistentFlags()
	flags.VarP(&f, "format", "o", "output `format`: "+strings.Join(Formats(), ", ")+" (tables only)")
	flags.Var(&f, "output", "the same as --format")
	flags.Lookup("output").Hidden = true
	flags.BoolFunc("no-color", "print without colours, as with NO_COLOR in the environment", func(string) error { return os.Setenv("NO_COLOR", "1") })
	Offer(cmd, "format", Formats())
	return &f
}

// Offer completes the values of a flag.
func Offer(cmd *cobra.Command, flag string, values []string) {
	OfferLate(cmd, flag, func() []string { return values })
}

// OfferLate completes the values of a flag with names that are listed only when
// a shell asks.
func OfferLate(cmd *cobra.Command, flag string, values func() []string) {
	complete(cmd, flag, func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return values(), cobra.ShellCompDirectiveNoFileComp
	})
}

// OfferList completes the last entry of a flag that is a list with commas.
func OfferList(cmd *cobra.Command, flag string, values func() []string) {
	complete(cmd, flag, func(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		before := typed[:strings.LastIndex(typed, ",")+1]
		var out []string
		for _, v := range values() {
			out = append(out, before+v)
		}
		return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	})
}

// OfferDirs completes the values of flags with directories.
func OfferDirs(cmd *cobra.Command, flags ...string) {
	for _, flag := range flags {
		complete(cmd, flag, func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		})
	}
}

func complete(cmd *cobra.Command, flag string, values cobra.CompletionFunc) {
	err := cmd.RegisterFlagCompletionFunc(flag, func(c *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		all, how := values(c, args, typed)
		return slices.DeleteFunc(slices.Clone(all), func(v string) bool { return !strings.HasPrefix(v, typed) }), how
	})
	if err != nil {
		panic(err) // the flag does not exist: a mistake of ours that every run shows
	}
}

// Print writes a view to stdout.
func Print(cmd *cobra.Command, f Format, v show.View) error {
	text, err := render(cmd.OutOrStdout(), f, v)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(cmd.OutOrStdout(), text); err != nil {
		return fmt.Errorf("writing the output: %w", err)
	}
	return nil
}

func render(w io.Writer, f Format, v show.View) (string, error) {
	switch f {
	case JSON:
		text, err := show.JSON(v)
		return string(text), err
	case Markdown:
		return show.Markdown(v), nil
	case HTML:
		return chart.Page(v), nil
	case CSV:
		return table(v)
	default:
		return show.Text(v, Screen(w, os.Getenv)), nil
	}
}

// Records is data that has a form as rows; the first names the columns.
type Records interface{ Records() ([][]string, error) }

func table(v show.View) (string, error) {
	data, ok := v.Data.(Records)
	if !ok {
		if only := onlyTable(v); only != nil {
			return show.CSV(only), nil
		}
		return "", Usage("csv is for tables only, and this result is not one table: want one of text, json, markdown, html")
	}
	rows, err := data.Records()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	err = w.WriteAll(rows)
	return b.String(), err
}

// onlyTable is the table of a view that has one.
func onlyTable(v show.View) *show.Table {
	var found *show.Table
	for _, b := range v.Blocks {
		if b.Table == nil {
			continue
		}
		if found != nil {
			return nil
		}
		found = b.Table
	}
	return found
}

// Screen says how wide w is and whether it shows colours: NO_COLOR, CLICOLOR,
// CLICOLOR_FORCE, TERM and COLUMNS have their usual meanings.
func Screen(w io.Writer, env func(string) string) show.Options {
	file, isFile := w.(*os.File)
	terminal := isFile && term.IsTerminal(int(file.Fd()))
	o := show.Options{Width: 80, Color: terminal && env("CLICOLOR") != "0" && env("TERM") != "dumb"}
	if force := env("CLICOLOR_FORCE"); force != "" && force != "0" {
		o.Color = true
	}
	if env("NO_COLOR") != "" {
		o.Color = false
	}

	if n, err := strconv.Atoi(env("COLUMNS")); err == nil && n > 0 {
		o.Width = n
	} else if terminal {
		if n, _, err := term.GetSize(int(file.Fd())); err == nil && n > 0 {
			o.Width = n
		}
	}
	return o
}
