using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Npgsql;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.Benchmarks;

/// <summary>What a reader needs to judge the figures: server, machine, settings, and what the question itself adds.</summary>
internal sealed record RunFacts(IReadOnlyList<string> Lines, bool IsDurable)
{
    private static readonly string[] ServerSettings =
        ["fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "work_mem", "jit", "max_parallel_workers_per_gather"];

    public static async Task<RunFacts> CollectAsync(PostgresServer server, params IReadOnlyList<string> more)
    {
        await using var dataSource = NpgsqlDataSource.Create(server.ConnectionString);
        var settings = new Dictionary<string, string>();
        foreach (var name in ServerSettings)
        {
            await using var command = dataSource.CreateCommand($"SHOW {name}");
            settings[name] = (string)(await command.ExecuteScalarAsync())!;
        }

        return new RunFacts(
            [
                $"Server: {server.Description}",
                $"Server settings: {string.Join(", ", settings.Select(setting => $"{setting.Key}={setting.Value}"))}",
                $"Machine: {CpuName()}, {Environment.ProcessorCount} logical cores, {RuntimeInformation.OSDescription} ({RuntimeInformation.OSArchitecture})",
                $"Runtime: {RuntimeInformation.FrameworkDescription}, Npgsql {Version<NpgsqlConnection>()}, Dapper {Version<Dapper.CommandDefinition>()}",
                .. more,
                $"Date: {DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)}",
            ],
            settings["fsync"] == "on" && settings["synchronous_commit"] != "off");
    }

    /// <summary>The version of the package that a type is from.</summary>
    public static string Version<T>() =>
        typeof(T).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    private static string CpuName()
    {
        const string LinuxCpuInfo = "/proc/cpuinfo";
        var model = File.Exists(LinuxCpuInfo) ? File.ReadLines(LinuxCpuInfo).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return model?.Split(':', 2)[1].Trim() ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "CPU not known";
    }
}
