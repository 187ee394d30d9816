using System.Diagnostics;
using Npgsql;

namespace SmeFinancialOs.Data.Schema.Tests;

// The scripts as an operator without this package runs them: psql, each statement a transaction of its own.
internal static class Psql
{
    private static readonly string? Program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(directory => new[] { Path.Combine(directory, "psql"), Path.Combine(directory, "psql.exe") })
        .FirstOrDefault(File.Exists);

    internal static async Task RunAsync(string connectionString, string sql)
    {
        if (Program is null)
        {
            // No psql on this machine: the same statements, one by one and without a surrounding transaction, through Npgsql.
            await using var connection = await Sql.OpenAsync(connectionString, Sql.Cancel);
            foreach (var statement in new DbUp.Postgresql.PostgresqlConnectionManager(connectionString).SplitScriptIntoCommands(sql))
                await connection.ExecuteAsync(statement);
            return;
        }

        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        var start = new ProcessStartInfo(Program, ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-"])
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
        await process.StandardInput.WriteAsync(sql);
        process.StandardInput.Close();
        await process.WaitForExitAsync(Sql.Cancel);
        await output;
        process.ExitCode.Should().Be(0, because: await errors);
    }
}
