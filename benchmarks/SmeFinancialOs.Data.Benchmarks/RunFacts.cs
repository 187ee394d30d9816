using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Npgsql;

namespace SmeFinancialOs.Data.Benchmarks;

/// <summary>What a reader needs to judge the figures: server, machine, settings, amount.</summary>
internal sealed record RunFacts(IReadOnlyList<(string Name, string Value)> Lines, bool IsDurable)
{
    private static readonly string[] ServerSettings =
        ["fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "work_mem", "jit", "max_parallel_workers_per_gather"];

    public static async Task<RunFacts> CollectAsync(BenchmarkDatabase database, Scale scale, int rounds)
    {
        await using var owner = new NpgsqlConnection(database.OwnerConnectionString);
        await owner.OpenAsync();
        var settings = new Dictionary<string, string>();
        foreach (var name in ServerSettings)
        {
            await using var command = new NpgsqlCommand($"SHOW {name}", owner);
            settings[name] = (string)(await command.ExecuteScalarAsync())!;
        }

        var invoices = scale.Invoices.ToString("N0", CultureInfo.InvariantCulture);
        var calls = Question.All.Select(question => $"{question.Calls} / {question.Calls} / {question.ArticleCalls} {question.Title}");
        return new RunFacts(
            [
                ("Server", database.Server),
                ("Server settings", string.Join(", ", settings.Select(setting => $"{setting.Key}={setting.Value}"))),
                ("Machine", $"{CpuName()}, {Environment.ProcessorCount} logical cores, {RuntimeInformation.OSDescription} ({RuntimeInformation.OSArchitecture})"),
                ("Runtime", $"{RuntimeInformation.FrameworkDescription}, Npgsql {Version<NpgsqlConnection>()}, Dapper {Version<Dapper.CommandDefinition>()}"),
                ("Connections", BenchmarkPools.Settings),
                ("Rows", $"{invoices} invoices of {Dataset.OrganizationCount} organizations; the measured one has {database.MeasuredInvoices.ToString("N0", CultureInfo.InvariantCulture)}"),
                ("Calls", $"{rounds} rounds of (without / with / article) {string.Join("; ", calls)}"),
                ("Date", DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)),
            ],
            settings["fsync"] == "on" && settings["synchronous_commit"] != "off");
    }

    private static string CpuName()
    {
        const string LinuxCpuInfo = "/proc/cpuinfo";
        var model = File.Exists(LinuxCpuInfo) ? File.ReadLines(LinuxCpuInfo).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return model?.Split(':', 2)[1].Trim() ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "CPU not known";
    }

    private static string Version<T>() => typeof(T).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";
}
