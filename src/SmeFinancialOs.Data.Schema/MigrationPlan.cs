using System.Globalization;
using System.Text.RegularExpressions;
using DbUp.Engine;
using Npgsql;

namespace SmeFinancialOs.Data.Schema;

/// <summary>Which scripts a database lacks, by what its journal says was applied.</summary>
internal sealed partial class MigrationPlan
{
    private MigrationPlan(TenantIdType tenantType, bool isSuperuser, IReadOnlyList<SqlScript> pending, IReadOnlyList<string> applied, bool isOfNewerVersion) =>
        (TenantType, IsSuperuser, Pending, Applied, IsOfNewerVersion) = (tenantType, isSuperuser, pending, applied, isOfNewerVersion);

    public TenantIdType TenantType { get; }

    public bool IsSuperuser { get; }

    public IReadOnlyList<SqlScript> Pending { get; }

    /// <summary>The names of those that were applied before.</summary>
    public IReadOnlyList<string> Applied { get; }

    /// <summary>Where a newer version of the library has been, its texts stay: a host that is rolled back must not put older ones over them.</summary>
    public bool IsOfNewerVersion { get; }

    /// <summary>Whether the scripts bring the registry of protected tables.</summary>
    public bool HasProtectedTables => Applied.Concat(Pending.Select(script => script.Name)).Contains("objects/protection.sql");

    /// <exception cref="SchemaMigrationException">A migration was changed after it was applied, or tenant ids have another type.</exception>
    public static async Task<MigrationPlan> ReadAsync(
        NpgsqlConnection connection, SchemaMigratorOptions options, MigrationScripts scripts, CancellationToken cancellationToken)
    {
        var journal = await MigrationJournal.ReadAsync(connection, options.Roles, cancellationToken).ConfigureAwait(false);
        var guard = await GuardState.ReadAsync(connection, cancellationToken).ConfigureAwait(false);
        var tenantType = await TenantIdDomain.ReadAsync(connection, options.TenantType, cancellationToken).ConfigureAwait(false);
        // Tables of the article that a database has are upgraded with it, and so is its seal, which psql may have brought.
        var hasInvoicing = tenantType == TenantIdType.Uuid && (options.Invoicing || journal.Checksums.Keys.Any(IsOfInvoicing));
        var isSealed = options.Seal || await IsSealedAsync(connection, cancellationToken).ConfigureAwait(false);
        var wanted = scripts.For(hasInvoicing, isSealed, options.Guard || guard.IsOn, guard.IsSuperuser);
        // Scripts have even places, and the allowances the one behind the allowlist, ahead of the guard.
        var place = 2 * wanted.TakeWhile(script => script.Name != EmbeddedScripts.Allowlist).Count() + 1;
        var allowances = await guard.LackedAsync(connection, options, place, cancellationToken).ConfigureAwait(false);
        if (journal.SchemaVersion > VersionOf(wanted))
            return new(tenantType, guard.IsSuperuser, allowances, [.. wanted.Select(script => script.Name)], isOfNewerVersion: true);

        var renaming = new RoleRenaming(options.Roles);
        var pending = new List<SqlScript>();
        var applied = new List<string>();
        foreach (var script in wanted.Select((script, order) => new MigrationScript(script, renaming, 2 * order)))
        {
            // The journal does not know what was dropped by hand.
            var checksum = guard.Lacks(script.Name, options.Guard) ? null : journal.Checksums.GetValueOrDefault(script.Name);
            if (checksum == script.Checksum)
                applied.Add(script.Name);
            else if (checksum is null || !script.IsMigration)
                pending.Add(script);
            else
                throw new SchemaMigrationException(
                    $"sql/{script.Name} was changed after it was applied to this database (checksum {checksum}, now {script.Checksum}). "
                    + "Put its text back, and the change into a migration of its own.")
                {
                    ScriptName = script.Name,
                };
        }

        return new(tenantType, guard.IsSuperuser, [.. pending.Concat(allowances).OrderBy(script => script.SqlScriptOptions.RunGroupOrder)], applied,
            isOfNewerVersion: false);
    }

    /// <summary>Also as it was called before version 15.</summary>
    private static bool IsOfInvoicing(string name) => name.StartsWith("invoicing/", StringComparison.Ordinal) || name == "0006_invoices.sql";

    /// <summary>The catalog, because to_regclass refuses a login that may not use the schema.</summary>
    private static async Task<bool> IsSealedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand("""
            SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                           WHERE n.nspname = 'app_seal' AND c.relname = 'context')
            """, connection);
        await using var _ = command.ConfigureAwait(false);
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true;
    }

    /// <summary>The version that the scripts bring a database to, as their function tells it.</summary>
    private static int VersionOf(IEnumerable<SqlScript> scripts) =>
        scripts.Select(script => Version().Match(script.Contents)).LastOrDefault(match => match.Success) is { } found
            ? int.Parse(found.Groups["version"].Value, CultureInfo.InvariantCulture)
            : int.MaxValue;

    [GeneratedRegex(@"FUNCTION app\.schema_version\(\).*?RETURN (?<version>\d+);", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Version();
}
