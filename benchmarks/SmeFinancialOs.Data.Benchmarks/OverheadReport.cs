using System.Text;

namespace SmeFinancialOs.Data.Benchmarks;

/// <summary>The table with its facts and legend, for the console and as a file.</summary>
internal sealed class OverheadReport(RunFacts facts, OverheadTable table, Scale scale)
{
    /// <summary>The table comes last: nothing has to be scrolled away to read it.</summary>
    public string ConsoleText => $"{Facts("")}{Environment.NewLine}{Legend}{Environment.NewLine}{table}";

    private string Legend
    {
        get
        {
            var text = new StringBuilder();
            if (!scale.IsMeasurement)
                text.AppendLine("NOT A MEASUREMENT: a quick run shows that everything works; it has too few rows and calls to say how fast.").AppendLine();
            text.AppendLine("Every way gave the same rows before anything was timed. A call is a whole request: a connection from the pool, the query, its rows as objects.");
            text.AppendLine("- without RLS: plain Dapper with WHERE org_id on unprotected tables. With RLS: ITenantSession, no WHERE. Article's recipe: begin, set_config, query, commit on its policies.");
            text.AppendLine("- median, p95: over all single calls of all rounds.");
            text.AppendLine("- ratio, overhead: the median divided by that of the yardstick, the line without RLS; p95 overhead: the p95 divided by its p95.");
            text.AppendLine("- rounds: the ratio of each round by itself, the middle half. Where it spans more than the overhead, the machine was too busy to tell.");
            if (!facts.IsDurable)
                text.AppendLine("- The server does not wait for the disk: INSERT measures processor and round trips. With fsync each commit costs all ways the same on top.");
            return text.ToString();
        }
    }

    /// <summary>Writes artifacts/benchmarks/overhead.md and returns its path.</summary>
    public async Task<string> WriteAsync()
    {
        Directory.CreateDirectory(ArtifactsFolder.Path);
        var path = Path.Combine(ArtifactsFolder.Path, "overhead.md");
        var newLine = Environment.NewLine;
        await File.WriteAllTextAsync(path, $"# Overhead of row-level security{newLine}{newLine}{table}{newLine}{Legend}{newLine}{Facts("- ")}");
        return path;
    }

    private string Facts(string bullet) => string.Concat(facts.Lines.Select(line => $"{bullet}{line.Name}: {line.Value}{Environment.NewLine}"));
}
