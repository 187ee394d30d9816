using System.Globalization;
using Npgsql;

namespace SmeFinancialOs.Data.Schema;

/// <summary>Turns what the server or the network said into what a person can act upon.</summary>
internal static class MigrationFailure
{
    internal static SchemaMigrationException OfScript(string? scriptName, int? line, NpgsqlException error, string owner)
    {
        var at = line is null ? "" : $" line {line.Value.ToString(CultureInfo.InvariantCulture)}";
        var place = scriptName is null ? "" : $"sql/{scriptName}{at}: ";
        if (error is not PostgresException answer)
        {
            var lost = $"{place}the connection to the server was lost: {error.Message}";
            return new SchemaMigrationException(lost, error) { ScriptName = scriptName, Line = line };
        }

        var hint = string.IsNullOrEmpty(answer.Hint) ? "" : $" Hint: {answer.Hint}";
        var rights = answer.SqlState == PostgresErrorCodes.InsufficientPrivilege ? NeededRights(owner) : "";
        return new SchemaMigrationException($"{place}{answer.SqlState}: {Sentence(ServerText.Of(answer))}{hint}{rights}".TrimEnd('.') + ".", error)
        {
            ScriptName = scriptName,
            Line = line,
            SqlState = answer.SqlState,
        };
    }

    /// <summary>Of a function that the migrations bring.</summary>
    internal static SchemaMigrationException OfCall(PostgresException error)
    {
        var isMissing = error.SqlState is PostgresErrorCodes.UndefinedFunction or PostgresErrorCodes.InvalidSchemaName;
        var hint = string.IsNullOrEmpty(error.Hint) ? "" : $" Hint: {error.Hint}";
        return new SchemaMigrationException($"{error.SqlState}: {ServerText.Of(error)}.{hint}{(isMissing ? " Migrate the database first." : "")}",
            error)
        { SqlState = error.SqlState };
    }

    internal static SchemaMigrationException OfAllowance(string relation, PostgresException error)
    {
        var hint = error.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.InvalidName
            ? " Name it with its schema, as SQL does: public.countries, or public.\"Countries\"."
            : string.IsNullOrEmpty(error.Hint) ? "" : $" Hint: {error.Hint}";
        return new($"The guard cannot allow {relation}: {error.SqlState}: {Sentence(ServerText.Of(error))}{hint}", error) { SqlState = error.SqlState };
    }

    /// <summary>Of statements that another login has to run.</summary>
    internal static SchemaMigrationException OfRights(IEnumerable<string> statements) => new(
        $"This login lacks rights for the migration, and nothing was changed. Run, as the owner of the database and of what is granted, or as a superuser: "
        + $"{string.Join(' ', statements)}{NeededRights()}")
    {
        SqlState = PostgresErrorCodes.InsufficientPrivilege,
    };

    internal static SchemaMigrationException OfGuard(PostgresException error) => new(
        "This login may not turn the tenant guard on, and nothing was changed: the guard is an event trigger, which only a superuser can create. Turn it on "
        + "as one; a guard that is on already is replaced by that of this version, which takes a superuser, too. Where there is none, as on most managed "
        + "servers, migrate without the guard and run sme-data audit in CI after each migration: it finds an unprotected table after it was made, where the "
        + "guard would have refused it.", error)
    {
        SqlState = error.SqlState,
    };

    private static string NeededRights() => " A migration needs a superuser, or the owner of the database, or a member of it, with CREATEROLE.";

    private static string NeededRights(string owner) => NeededRights() + $" Where another login made the roles, GRANT {owner} TO this login as well.";

    private static string Sentence(string text) => text.EndsWith('.') ? text : text + ".";
}
