using CliWrap;
using CliWrap.Buffered;
using Npgsql;

namespace SmeFinancialOs.Data.Schema.Tests;

/// <summary>The scripts as an operator without this package runs them.</summary>
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
        var result = await Cli.Wrap(Program!).WithArguments(["--no-psqlrc", "--quiet", .. arguments])
            .WithEnvironmentVariables(variables => variables.Set("PGHOST", settings.Host).Set("PGPORT", $"{settings.Port}").Set("PGDATABASE", settings.Database)
                .Set("PGUSER", settings.Username).Set("PGPASSWORD", settings.Password))
            .WithStandardInputPipe(input is null ? PipeSource.Null : PipeSource.FromString(input))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(Sql.Cancel);
        if (!result.IsSuccess)
            throw new InvalidOperationException(result.StandardError);
    }
}
