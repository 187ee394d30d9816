using System.Text.Json;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Prisma;

/// <summary>The article's own stack, Prisma on Node, as a child process (benchmarks/prisma). It answers one call at a time.</summary>
internal sealed class PrismaProgram : IAsyncDisposable
{
    /// <summary>findMany with a where on the organization, on the unprotected tables.</summary>
    public const string Unprotected = "unprotected";

    /// <summary>findMany without it on the protected tables, through the article's client extension: settings and query in one $transaction.</summary>
    public const string Extension = "extension";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        // Cents: a number of JavaScript's does not hold every bigint.
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowReadingFromString,
    };

    private readonly PrismaProcess _process;

    private PrismaProgram(PrismaProcess process) => _process = process;

    /// <summary>For the report: what was measured.</summary>
    public string Versions { get; private set; } = "";

    /// <summary>Installs the program if this machine has not run it yet, and starts it.</summary>
    /// <returns>The program, or why there is none: no Node, no npm, too old, no network.</returns>
    /// <exception cref="InvalidOperationException">It was installed, but does not start.</exception>
    public static async Task<PrismaStart> StartAsync(PrismaTarget target, Action<string> progress, CancellationToken cancellationToken = default)
    {
        try
        {
            var tools = await NodeTools.FindAsync(cancellationToken);
            var folder = await new PrismaCache(tools, progress).GetFolderAsync(cancellationToken);
            progress("starting the Prisma program");
            return new PrismaStart(await StartAsync(new PrismaProcess(tools.Node, folder), target), Skipped: "");
        }
        catch (PrismaUnavailableException fault)
        {
            var skipped = $"Prisma was skipped: {fault.Message}.";
            progress(skipped);
            return new PrismaStart(Program: null, skipped);
        }
    }

    /// <summary>The newest 50 invoices, to be compared with the other peers'.</summary>
    public async Task<IReadOnlyList<InvoiceRow>> RowsAsync(string way)
    {
        var answer = await _process.AskAsync(new { command = "rows", way });
        return [.. answer.GetProperty("rows").Deserialize<PrismaRow[]>(Json)!.Select(row => row.ToInvoiceRow())];
    }

    /// <summary>Makes that many calls, one after the other, and gives the nanoseconds of each. The first ones connect and compile: they are warm-up.</summary>
    public async Task<double[]> MeasureAsync(string way, int calls)
    {
        var answer = await _process.AskAsync(new { command = "measure", way, calls });
        return answer.GetProperty("nanoseconds").Deserialize<double[]>(Json)!;
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static async Task<PrismaProgram> StartAsync(PrismaProcess process, PrismaTarget target)
    {
        try
        {
            await process.WriteAsync(target.Configuration);
            var versions = await process.AskAsync(new { command = "versions" });
            return new PrismaProgram(process) { Versions = $"Prisma {versions.GetProperty("prisma")} on Node {versions.GetProperty("node")}" };
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }
}
