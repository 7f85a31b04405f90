package units

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestPrefixesStayApart(t *testing.T) {
	require.Equal(t, Bytes(85899345920), 80*GiB)
	require.InEpsilon(t, 1.0737, float64(GiB/GB), 1e-4)
}

func TestAlgebra(t *testing.T) {
	// Moving an amount at a rate for the time it takes moves the amount.
	rapid.Check(t, func(t *rapid.T) {
		amount := Bytes(rapid.Float64Range(1, 1e15).Draw(t, "amount"))
		rate := ByteRate(rapid.Float64Range(1, 1e15).Draw(t, "rate"))
		require.InEpsilon(t, float64(amount), float64(rate.For(amount.Over(rate))), 1e-12)
		require.InEpsilon(t, float64(rate), float64(amount.Per(amount.Over(rate))), 1e-12)
	})
	require.InEpsilon(t, 0.12*2, float64((2 * KWh).Cost(0.12*DollarPerKWh)), 1e-12)
	require.InEpsilon(t, 0.369, float64(KWh.Carbon(369*GramPerKWh)), 1e-12)
	require.InEpsilon(t, 295.2, float64((989 * TFLOPS).PerByteRate(3.35*TBps)), 1e-4)
}

func TestString(t *testing.T) {
	for _, c := range []struct {
		got  fmt.Stringer
		want string
	}{
		{80 * GB, "80 GB"},
		{80 * GiB, "85.9 GB"},
		{141.2 * GB, "141.2 GB"},
		{999.99 * MB, "1 GB"},
		{Bytes(0), "0 B"},
		{Bytes(0.5), "0.5 B"},
		{3.35 * TBps, "3.35 TB/s"},
		{989.4 * TFLOPS, "989.4 TFLOP/s"},
		{5.12403 * Millisecond, "5.124 ms"},
		{10 * Microsecond, "10 µs"},
		{90 * Second, "90 s"},
		{7 * Minute, "7 min"},
		{30 * Day, "30 days"},
		{-2 * Millisecond, "-2 ms"},
		{1.33067 * Joule, "1.331 J"},
		{20953.5 * KWh, "20.95 MWh"},
		{USD(52925.38), "$52,925"},
		{USD(0.00042), "$0.00042"},
		{2.5 * DollarPerHour, "$2.50/h"},
		{0.12 * DollarPerKWh, "0.12 USD/kWh"},
		{85.5 * DollarPerTonne, "85.5 USD/t"},
		{369 * GramPerKWh, "369 g/kWh"},
		{8989.05 * Kilogram, "8.989 tCO2e"},
		{1.8 * LitrePerKWh, "1.8 L/kWh"},
		{TokenRate(6245.085), "6245 tokens/s"},
		{TokenRate(62450.85), "62,451 tokens/s"},
		{Tokens(999_999.99), "1M tokens"},
		{Tokens(1_385_640_646_055), "1.386T tokens"},
		{FLOP(5.76e23), "576 ZFLOP"},
		{8.03 * Billion, "8.03B params"},
		{Intensity(295.25), "295.2 FLOP/B"},
	} {
		require.Equal(t, c.want, c.got.String())
	}
}

func TestParse(t *testing.T) {
	for text, want := range map[string]Bytes{
		"80 GB": 80 * GB, "80GiB": 80 * GiB, "1.5e3 kB": 1.5 * MB, "8 Gbit": GB, "0": 0, " 512 KiB ": 512 * KiB, "1,024 B": 1024, "512 KB": 512 * KB,
	} {
		got, err := ParseBytes(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	rate, err := ParseByteRate("400 Gbps")
	require.NoError(t, err)
	require.Equal(t, 50*GBps, rate)
	price, err := ParseEnergyPrice("$0.12/kWh")
	require.NoError(t, err)
	require.InEpsilon(t, float64(0.12*DollarPerKWh), float64(price), 1e-15)
}

func TestCountsReadBack(t *testing.T) {
	for text, want := range map[string]Tokens{"15T tokens": 15e12, "15 T tokens": 15e12, "2.5M tokens": 2.5e6, "128 token": 128, "4K tokens": 4000} {
		got, err := ParseTokens(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	rapid.Check(t, func(t *rapid.T) {
		for _, q := range []interface {
			Quantity
			Set(string) error
		}{new(Tokens), new(TokenRate), new(Samples), new(RequestRate), new(Params), new(FLOP), new(FLOPRate)} {
			v := reflect.ValueOf(q).Elem()
			x := math.Pow(10, rapid.Float64Range(-3, 25).Draw(t, "exponent"))
			v.SetFloat(x)
			require.NoError(t, q.Set(q.String()))
			require.InEpsilon(t, x, v.Float(), 1e-3)
		}
	})
}

func TestParseErrors(t *testing.T) {
	for text, want := range map[string]string{
		"80":      `"80" has no unit: want one of B, kB, MB`,
		"80 gb":   `"80 gb": unknown unit "gb": did you mean "GB"?`,
		"80 GB/s": `"80 GB/s" is ByteRate, want Bytes, such as "1 B"`,
		"80 QB":   `unknown unit "QB": want one of B`,
		"GB":      `"GB": want Bytes: a number with a unit, such as "1 B"`,
		"NaN GB":  `a number with a unit`,
		"1e999 B": `a number with a unit`,
		"":        `a number with a unit`,
		"3 s":     `is Seconds, want Bytes`,
	} {
		_, err := ParseBytes(text)
		require.ErrorContains(t, err, want, text)
	}
}

func TestJSONIsPlainSI(t *testing.T) {
	out, err := json.Marshal(struct{ Memory Bytes }{80 * GB})
	require.NoError(t, err)
	require.JSONEq(t, `{"Memory": 80000000000}`, string(out))

	for text, want := range map[string]Bytes{`80e9`: 80 * GB, `"80 GiB"`: 80 * GiB} {
		var b Bytes
		require.NoError(t, json.Unmarshal([]byte(text), &b))
		require.Equal(t, want, b)
	}
	var b Bytes
	require.ErrorContains(t, json.Unmarshal([]byte(`true`), &b), "want a number in B or text")
	_, err = json.Marshal(Bytes(math.NaN()))
	require.Error(t, err)
}

func TestYAMLRoundTrip(t *testing.T) {
	out, err := yaml.Marshal(map[string]any{"memory": 80 * GiB})
	require.NoError(t, err)
	require.Equal(t, "memory: 80 GiB\n", string(out))

	rapid.Check(t, func(t *rapid.T) {
		in := Bytes(rapid.Float64Range(0, 1e17).Draw(t, "bytes"))
		out, err := yaml.Marshal(in)
		require.NoError(t, err)
		var back Bytes
		require.NoError(t, yaml.Unmarshal(out, &back))
		require.Equal(t, in, back)
	})

	var bare struct{ Memory Bytes }
	require.ErrorContains(t, yaml.Unmarshal([]byte("memory: 80"), &bare), "has no unit")
}

func TestExactFallsBackToAnyUnit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := CarbonIntensity(rapid.Float64Range(0, 1e-5).Draw(t, "x"))
		text, err := in.MarshalYAML()
		require.NoError(t, err)
		back, err := ParseCarbonIntensity(text.(string))
		require.NoError(t, err, text)
		require.InEpsilon(t, float64(in)+1, float64(back)+1, 1e-15)
	})
}

func TestFormatParsesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := Seconds(rapid.Float64Range(1e-9, 1e9).Draw(t, "s"))
		back, err := ParseSeconds(in.String())
		require.NoError(t, err)
		require.InEpsilon(t, float64(in), float64(back), 1e-3)
	})
}

func ExampleBytes_Over() {
	weights := 16 * GB
	fmt.Println(weights.Over(3.35 * TBps))
	// Output: 4.776 ms
}

func BenchmarkOver(b *testing.B) {
	x, rate := 16*GB, 3.35*TBps
	var sum Seconds
	for b.Loop() {
		sum += x.Over(rate)
	}
	_ = sum
}
