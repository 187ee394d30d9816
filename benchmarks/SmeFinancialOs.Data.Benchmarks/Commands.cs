using BenchmarkDotNet.Running;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.Benchmarks;

/// <summary>Nothing or --quick: the overhead table. Anything else: BenchmarkDotNet's own command line.</summary>
internal static class Commands
{
    private const string QuickArgument = "--quick";

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments.Contains(QuickArgument))
            SharedDatabase.Scale = Scale.Quick;
        string[] others = [.. arguments.Where(argument => argument != QuickArgument)];
        try
        {
            return others.Length == 0 ? await MeasureOverheadAsync() : RunBenchmarkDotNet(others);
        }
        catch (Exception) when (SharedDatabase.StoppingToken.IsCancellationRequested)
        {
            // The server was taken away on purpose; whoever did that ends the process.
            await Task.Delay(Timeout.Infinite);
            throw;
        }
        catch (Exception fault) when (fault is PostgresServerUnavailableException or ResultsDifferException)
        {
            return await FailAsync(fault.Message);
        }
        finally
        {
            await SharedDatabase.StopAsync();
        }
    }

    private static async Task<int> MeasureOverheadAsync()
    {
        var scale = SharedDatabase.Scale;
        var progress = SharedDatabase.Progress;
        var database = await SharedDatabase.GetAsync();
        var (measurements, rounds) = await new OverheadRun(scale, progress).RunAsync(database, SharedDatabase.StoppingToken);
        var report = new OverheadReport(await RunFacts.CollectAsync(database, scale, rounds), new OverheadTable(measurements), scale);
        await SharedDatabase.StopAsync();

        var path = await report.WriteAsync();
        Console.WriteLine(report.ConsoleText);
        Console.WriteLine(path);
        return 0;
    }

    private static int RunBenchmarkDotNet(string[] arguments)
    {
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(Commands).Assembly).Run(arguments, BenchmarkConfig.Verbose(SharedDatabase.Scale)).ToList();
        if (SharedDatabase.Fault is { } fault)
            throw fault;
        return summaries.Exists(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success)) ? 1 : 0;
    }

    /// <summary>One line, however long the message.</summary>
    private static async Task<int> FailAsync(string message)
    {
        await SharedDatabase.Progress.DisposeAsync();
        await Console.Error.WriteLineAsync($"error: {string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))}");
        return 1;
    }
}
