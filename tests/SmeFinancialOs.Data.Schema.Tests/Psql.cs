using System.Diagnostics;
using Npgsql;

namespace SmeFinancialOs.Data.Schema.Tests;

// The scripts as an operator without this package runs them.
internal static class Psql
{
    private static readonly string? Program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(directory => new[] { Path.Combine(directory, "psql"), Path.Combine(directory, "psql.exe") })
        .FirstOrDefault(File.Exists);

    internal static bool IsInstalled => Program is not null;

    /// <summary>sql/apply.sql, as the README says.</summary>
    internal static Task ApplyAsync(string connectionString, params string[] variables) =>
        RunAsync(connectionString,
            ["-v", "ON_ERROR_STOP=1", .. variables.SelectMany(variable => new[] { "-v", variable }), "-f",
                Path.Combine(RepositoryRoot.Folder, "sql", "apply.sql")], null);

    internal static Task RunAsync(string connectionString, string sql) => RunAsync(connectionString, ["--set=ON_ERROR_STOP=1", "--file=-"], sql);

    private static async Task RunAsync(string connectionString, IReadOnlyList<string> arguments, string? input)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        var start = new ProcessStartInfo(Program!, ["--no-psqlrc", "--quiet", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["PGHOST"] = settings.Host, ["PGPORT"] = $"{settings.Port}", ["PGDATABASE"] = settings.Database,
                ["PGUSER"] = settings.Username, ["PGPASSWORD"] = settings.Password,
            },
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(Sql.Cancel);
        var output = process.StandardOutput.ReadToEndAsync(Sql.Cancel);
        if (input is not null)
            await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(Sql.Cancel);
        await output;
        if (process.ExitCode != 0)
            throw new InvalidOperationException(await errors);
    }
}
