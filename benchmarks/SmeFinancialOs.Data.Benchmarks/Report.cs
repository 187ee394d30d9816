using System.Text;

namespace SmeFinancialOs.Data.Benchmarks;

/// <summary>
/// The answer to a question: tables, what they mean, under which circumstances they came about, and charts. For the console and as a Markdown file.
/// </summary>
internal sealed class Report(string name, string title)
{
    private readonly List<(string Heading, MarkdownTable Table)> _tables = [];
    private readonly List<string> _notes = [];
    private readonly List<(string FileName, string Alt, string Svg)> _charts = [];

    /// <summary>Server, machine and settings.</summary>
    public required RunFacts Facts { get; init; }

    /// <summary>The tables come last: nothing has to be scrolled away to read them.</summary>
    public string ConsoleText => Blocks(Lines(Facts.Lines), Notes, Tables);

    private static string Warning => Suite.Scale.IsMeasurement
        ? ""
        : "NOT A MEASUREMENT: a quick run shows that everything works; it has too few rows and calls to say how fast." + Environment.NewLine;

    private string Notes => Warning + Lines(_notes);

    private string Tables =>
        Blocks(
            [.. _tables.Select(table => table.Heading.Length == 0 ? $"{table.Table}" : Blocks($"## {table.Heading}{Environment.NewLine}", $"{table.Table}"))]);

    private string Charts => Blocks([.. _charts.Select(chart => $"![{chart.Alt}]({chart.FileName}){Environment.NewLine}")]);

    private string Command => $"    dotnet run -c Release --project benchmarks/SmeFinancialOs.Data.Benchmarks -- {name}{Environment.NewLine}";

    public Report Add(MarkdownTable table, string heading = "")
    {
        _tables.Add((heading, table));
        return this;
    }

    /// <summary>A sentence or two that a reader of the tables needs.</summary>
    public Report Note(params IEnumerable<string> notes)
    {
        _notes.AddRange(notes);
        return this;
    }

    /// <param name="suffix">Makes its name unique where a report has several; empty for the first.</param>
    /// <param name="alt">What it shows, for those who do not see it.</param>
    /// <param name="svg">The picture.</param>
    public Report AddChart(string suffix, string alt, string svg)
    {
        _charts.Add(($"{name}{suffix}.svg", alt, svg));
        return this;
    }

    /// <summary>Writes the Markdown file and its charts and returns the path of the file.</summary>
    public async Task<string> WriteAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var (fileName, _, svg) in _charts)
            await File.WriteAllTextAsync(Path.Combine(folder, fileName), svg);
        var path = Path.Combine(folder, $"{name}.md");
        await File.WriteAllTextAsync(path, Blocks($"# {title}{Environment.NewLine}", Command, Charts, Tables, Notes, Lines(Facts.Lines)));
        return path;
    }

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(line => $"- {line}{Environment.NewLine}"));

    private static string Blocks(params IReadOnlyList<string> blocks)
    {
        var text = new StringBuilder();
        foreach (var block in blocks.Where(block => block.Length > 0))
        {
            if (text.Length > 0)
                text.AppendLine();
            text.Append(block);
        }

        return text.ToString();
    }
}
