using System.Text;

namespace SmeFinancialOs.Data.Benchmarks;

/// <summary>A Markdown table, aligned so that it reads in a terminal too.</summary>
/// <param name="header">The titles of the columns; where one begins with '&lt;', which is not shown, its column is aligned to the left.</param>
/// <param name="lines">The cells of each line.</param>
internal sealed class MarkdownTable(IReadOnlyList<string> header, IReadOnlyList<IReadOnlyList<string>> lines)
{
    private const char ToTheLeft = '<';

    public override string ToString()
    {
        var left = header.Select(title => title.StartsWith(ToTheLeft)).ToArray();
        string[] titles = [.. header.Select(title => title.TrimStart(ToTheLeft))];
        var widths = titles.Select((title, column) => lines.Max(line => line[column].Length) is var width && width > title.Length ? width : title.Length)
            .ToArray();
        var text = new StringBuilder();
        Append(titles);
        Append([.. widths.Select((width, column) => left[column] ? new string('-', width) : new string('-', width - 1) + ":")]);
        foreach (var line in lines)
            Append(line);
        return text.ToString();

        void Append(IReadOnlyList<string> cells) => text.AppendLine(
            $"| {string.Join(" | ", cells.Select((cell, column) => left[column] ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])))} |");
    }
}
