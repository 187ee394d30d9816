using System.Text;
using System.Text.RegularExpressions;
using OxyPlot;

namespace SmeFinancialOs.Data.Benchmarks.Charts;

/// <summary>
/// One SVG for light and dark pages. OxyPlot writes fixed colors; those below are replaced by CSS variables that follow the reader's color scheme.
/// </summary>
internal static partial class Theme
{
    private static readonly (OxyColor Drawn, string Name, string Light, string Dark)[] Colors =
    [
        (OxyColor.FromRgb(1, 1, 1), "text", "#24292f", "#e6edf3"),
        (OxyColor.FromRgb(1, 1, 2), "grid", "#d0d7de", "#3d444d"),
        (OxyColor.FromRgb(1, 1, 3), "ours", "#1a7f37", "#3fb950"),
        (OxyColor.FromRgb(1, 1, 4), "yardstick", "#57606a", "#9198a1"),
        (OxyColor.FromRgb(1, 1, 5), "other", "#0969da", "#4493f8"),
        (OxyColor.FromRgb(1, 1, 6), "second", "#bc4c00", "#f0883e"),
        (OxyColor.FromRgb(1, 1, 7), "third", "#8250df", "#ab7df8"),
        (OxyColor.FromRgb(1, 1, 8), "fourth", "#bf3989", "#f778ba"),
    ];

    public static OxyColor Text => Colors[0].Drawn;

    public static OxyColor Grid => Colors[1].Drawn;

    public static OxyColor Ours => Colors[2].Drawn;

    public static OxyColor Yardstick => Colors[3].Drawn;

    /// <summary>For ways that are neither this library nor the yardstick, told apart by color.</summary>
    public static OxyColor Other(int index) => Colors[4 + (index % 4)].Drawn;

    public static string Render(PlotModel model, double width, double height)
    {
        model.DefaultFont = "system-ui, sans-serif";
        model.TextColor = model.TitleColor = Text;
        model.PlotAreaBorderColor = Grid;
        model.Background = OxyColors.Transparent;
        model.TitleFontSize = 14;
        var exporter = new SvgExporter { Width = width, Height = height, UseVerticalTextAlignmentWorkaround = true };
        using var stream = new MemoryStream();
        exporter.Export(model, stream);
        // Nothing is drawn outside of its place, but text is wider than OxyPlot believes, and would be cut off.
        var svg = new StringBuilder(ClipPath().Replace(Encoding.UTF8.GetString(stream.ToArray()), ""));
        foreach (var (drawn, name, _, _) in Colors)
            svg.Replace(Written(drawn), $"var(--{name})");
        var start = svg.ToString().IndexOf('>', svg.ToString().IndexOf("<svg", StringComparison.Ordinal)) + 1;
        return svg.Insert(start, $"<style>:root{{{Variables(light: true)}}}@media(prefers-color-scheme:dark){{:root{{{Variables(light: false)}}}}}</style>")
            .ToString();
    }

    private static string Variables(bool light) => string.Concat(Colors.Select(color => $"--{color.Name}:{(light ? color.Light : color.Dark)};"));

    /// <summary>As OxyPlot writes an opaque color.</summary>
    private static string Written(OxyColor color) => $"rgb({color.R},{color.G},{color.B})";

    [GeneratedRegex(" clip-path=\"[^\"]*\"")]
    private static partial Regex ClipPath();
}
