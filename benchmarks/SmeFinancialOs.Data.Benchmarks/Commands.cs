using BenchmarkDotNet.Running;
using SmeFinancialOs.Data.Benchmarks.Breakdown;
using SmeFinancialOs.Data.Benchmarks.Bulk;
using SmeFinancialOs.Data.Benchmarks.Distance;
using SmeFinancialOs.Data.Benchmarks.Growth;
using SmeFinancialOs.Data.Benchmarks.Load;
using SmeFinancialOs.Data.Benchmarks.Measuring;
using SmeFinancialOs.Data.Benchmarks.Overhead;
using SmeFinancialOs.Data.Benchmarks.Peers;
using SmeFinancialOs.Data.Benchmarks.Policies;
using SmeFinancialOs.Data.Benchmarks.Sealing;
using SmeFinancialOs.Data.Benchmarks.Strategies;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.Benchmarks;

/// <summary>Nothing: the overhead table. Names of questions, or all: those. Anything else: BenchmarkDotNet's own command line.</summary>
internal static class Commands
{
    private const string QuickArgument = "--quick";
    private const string OutputArgument = "--output";

    private static IReadOnlyList<IQuestion> Questions { get; } =
    [
        new OverheadQuestion(), new BreakdownQuestion(), new PeersQuestion(), new DistanceQuestion(), new GrowthQuestion(), new LoadQuestion(),
        new StrategiesQuestion(), new PolicyFormsQuestion(), new SealingQuestion(), new BulkQuestion(),
    ];

    private static string Help => $"""
        usage: [question ..] [{QuickArgument}] [{OutputArgument} FOLDER]

        {string.Join(Environment.NewLine, Questions.Select(question => $"  {question.Name,-12}{question.Summary}"))}
          all         each of them

        {QuickArgument}: shows that everything works, measures nothing. {OutputArgument}: where the tables are written, artifacts/benchmarks if not given.
        Anything else goes to BenchmarkDotNet, for instance --list flat.
        """;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var rest = arguments.ToList();
        if (rest.Remove(QuickArgument))
            Suite.Scale = Scale.Quick;
        var folder = TakeValue(rest, OutputArgument) ?? ArtifactsFolder.Path;
        try
        {
            if (rest is ["help" or "--help" or "-h"])
                Console.WriteLine(Help);
            else if (Chosen(rest) is { } questions)
                await AskAsync(questions, folder);
            else
                return RunBenchmarkDotNet([.. rest]);
            return 0;
        }
        catch (Exception) when (Suite.StoppingToken.IsCancellationRequested)
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
            await Suite.StopAsync();
        }
    }

    /// <summary>The questions that the arguments name; null when they are not for us.</summary>
    private static IReadOnlyList<IQuestion>? Chosen(IReadOnlyList<string> names) => names switch
    {
        [] => [Questions[0]],
        ["all"] => Questions,
        _ when names.All(name => Questions.Any(question => question.Name == name)) => [.. Questions.Where(question => names.Contains(question.Name))],
        _ => null,
    };

    private static async Task AskAsync(IReadOnlyList<IQuestion> questions, string folder)
    {
        foreach (var question in questions)
        {
            var report = await question.RunAsync();
            var path = await report.WriteAsync(folder);
            Suite.Progress.Say($"{Environment.NewLine}{report.ConsoleText}{Environment.NewLine}{path}{Environment.NewLine}");
        }
    }

    private static int RunBenchmarkDotNet(string[] arguments)
    {
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(Commands).Assembly).Run(arguments, BenchmarkConfig.Verbose(Suite.Scale)).ToList();
        if (SharedResources.Fault is { } fault)
            throw fault;
        return summaries.Exists(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success)) ? 1 : 0;
    }

    private static string? TakeValue(List<string> arguments, string name)
    {
        var index = arguments.IndexOf(name);
        if (index < 0 || index + 1 == arguments.Count)
            return null;
        var value = arguments[index + 1];
        arguments.RemoveRange(index, 2);
        return value;
    }

    /// <summary>One line, however long the message.</summary>
    private static async Task<int> FailAsync(string message)
    {
        await Suite.Progress.DisposeAsync();
        await Console.Error.WriteLineAsync($"error: {string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))}");
        return 1;
    }
}
