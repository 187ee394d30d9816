using System.Globalization;
using System.Text;

namespace SmeFinancialOs.Data.Benchmarks;

/// <summary>The Markdown table: a line for each way of each query, aligned so that it reads in a terminal too.</summary>
internal sealed class OverheadTable(Measurements measurements)
{
    private static readonly string[] Header = ["query", "way", "median", "p95", "ratio", "rounds", "overhead", "p95 overhead"];

    public override string ToString()
    {
        var lines = Question.All.OrderBy(question => question.TableOrder).SelectMany(Lines).ToList();
        var widths = Header.Select((title, column) => lines.Append(Header).Max(line => line[column].Length)).ToArray();
        var text = new StringBuilder();
        Append(Header);
        Append([.. widths.Select((width, column) => column < 2 ? new string('-', width) : new string('-', width - 1) + ":")]);
        lines.ForEach(Append);
        return text.ToString();

        void Append(string[] cells) => text.AppendLine(
            $"| {string.Join(" | ", cells.Select((cell, column) => column < 2 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])))} |");
    }

    private IEnumerable<string[]> Lines(Question question)
    {
        var yardstick = Question.Ways[0].Method;
        foreach (var (method, title) in Question.Ways)
        {
            var isYardstick = method == yardstick;
            var calls = measurements.All(question, method);
            var others = measurements.All(question, yardstick);
            var (median, p95) = (Statistics.Percentile(calls, 0.5), Statistics.Percentile(calls, 0.95));
            var ratio = median / Statistics.Percentile(others, 0.5);
            var rounds = measurements.RatiosOfRounds(question, method, yardstick);
            yield return
            [
                isYardstick ? question.Title : "",
                title,
                Duration(median),
                Duration(p95),
                Ratio(ratio),
                isYardstick ? "" : $"{Ratio(Statistics.Percentile(rounds, 0.25))} - {Ratio(Statistics.Percentile(rounds, 0.75))}",
                isYardstick ? "" : Overhead(ratio),
                isYardstick ? "" : Overhead(p95 / Statistics.Percentile(others, 0.95)),
            ];
        }
    }

    private static string Duration(double nanoseconds) => nanoseconds < 1_000_000
        ? string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1000:0} us")
        : string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1_000_000:0.0} ms");

    private static string Ratio(double ratio) => ratio.ToString(ratio < 10 ? "0.00" : "0", CultureInfo.InvariantCulture);

    private static string Overhead(double ratio) => ((ratio - 1) * 100).ToString(ratio < 2 ? "+0.0 '%';-0.0 '%'" : "+#,0 '%'", CultureInfo.InvariantCulture);
}
