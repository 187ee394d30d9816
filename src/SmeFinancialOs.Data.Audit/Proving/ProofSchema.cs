using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Drift;

namespace SmeFinancialOs.Data.Audit.Proving;

/// <summary>
/// A schema as its snapshot has it, with the columns and keys of its tables. A proof in one schema holds for another where both are the same in what the fixes
/// touch.
/// </summary>
internal sealed class ProofSchema
{
    private const int MostTold = 10;

    private readonly DatabaseModel _model;
    private readonly SnapshotDocument _document;
    private readonly ILookup<string, string> _parts;

    private ProofSchema(DatabaseModel model, AuditReport report, SnapshotDocument document, ILookup<string, string> parts) =>
        (_model, Report, _document, _parts) = (model, report, document, parts);

    public AuditReport Report { get; }

    internal static Task<ProofSchema> ReadAsync(SchemaAudit audit, CancellationToken cancellationToken) =>
        audit.RunAsync(async (connection, model, report) =>
        {
            var details = await SnapshotDetails.ReadAsync(connection, model, cancellationToken).ConfigureAwait(false);
            var parts = await TableParts.ReadAsync(connection, model, cancellationToken).ConfigureAwait(false);
            return new ProofSchema(model, report, new SnapshotBuilder(model, report, details).Build(), parts);
        }, cancellationToken);

    /// <exception cref="FixProofException">They are not the same in what the fixes touch.</exception>
    internal void RequireSame(ProofSchema folder, IReadOnlyList<SchemaFix> fixes)
    {
        if (fixes.Count == 0)
            return;
        var touched = Touched(fixes).Union(folder.Touched(fixes)).ToHashSet();
        var changes = new DriftFinder(_document, folder._document).FactChanges().Where(change => Concerns(change, touched) && !IsSuperuser(folder, change))
            .Select(change => $"{change.ObjectName}: {change.Before ?? "not there"} in the database, {change.After ?? "not there"} in the folder");
        var parts = touched.Order(StringComparer.Ordinal).SelectMany(table =>
            _parts[table].Except(folder._parts[table]).Select(part => $"{table}: {part} is not in the folder")
            .Concat(folder._parts[table].Except(_parts[table]).Select(part => $"{table}: {part} is not in the database")));
        var all = changes.Concat(parts).ToList();
        if (all.Count > 0)
            throw new FixProofException("The schema of the folder is not that of the audited database in what the fixes touch, so a proof in one says nothing "
                + $"of the other:\n  {string.Join("\n  ", all.Take(MostTold))}{(all.Count > MostTold ? $"\n  and {all.Count - MostTold} more" : "")}\n"
                + "Apply the migrations that are missing, write into the folder (or a file for --before) what was changed by hand, or prove in a copy of the "
                + "database (pg_dump --schema-only) with --proof-database.");
    }

    /// <summary>The tables that the findings are about, and what refers to them, is referred to or reads them. All where a finding is about no table.</summary>
    private HashSet<string> Touched(IReadOnlyList<SchemaFix> fixes)
    {
        var tables = _model.Catalog.Relations.Values.Where(relation => relation.IsTable).ToDictionary(relation => relation.Name);
        var about = new HashSet<uint>();
        foreach (var name in fixes.SelectMany(fix => fix.Findings).Select(finding => finding.ObjectName))
        {
            if (tables.TryGetValue(name.Split(" on ")[^1], out var table))
                about.Add(table.Oid);
            else
                about.UnionWith(_model.TenantTables.Select(each => each.Oid));
        }
        var keys = _model.Catalog.ForeignKeys.SelectMany(key => key).ToList();
        var near = keys.Where(key => about.Contains(key.Target)).Select(key => key.Relation).Concat(keys.Where(key => about.Contains(key.Relation))
            .Select(key => key.Target)).Concat(_model.Catalog.Relations.Keys.Where(view => _model.Below(view).Any(about.Contains)));
        return [.. about.Concat(near).Select(oid => _model.Catalog.Relations.GetValueOrDefault(oid)?.Name).OfType<string>()];
    }

    /// <summary>Roles and functions may matter to any table. A role that only one server has matters where something is granted to it.</summary>
    private static bool Concerns(FactChange change, HashSet<string> touched) => change.Section.Name switch
    {
        SnapshotSection.Policies or SnapshotSection.ForeignKeys or SnapshotSection.Triggers => touched.Contains(change.Any["table"]),
        SnapshotSection.Tables or SnapshotSection.Views => touched.Contains(change.Name),
        SnapshotSection.Grants => touched.Contains(change.Any["on"]),
        SnapshotSection.Functions => true,
        SnapshotSection.Memberships => true,
        // Roles that the folder does not make are made as logins: one login more is asked what it sees.
        SnapshotSection.Roles => change is { Old: not null, New: not null } && !(change.Changed is ["login"] && change.New.Is("login", "yes")),
        _ => false,
    };

    /// <summary>The superuser of another server has another name.</summary>
    private bool IsSuperuser(ProofSchema folder, FactChange change)
    {
        if (change.Section.Name == SnapshotSection.Memberships)
            return Is(this, change.Any["member"]) || Is(folder, change.Any["member"]);
        return change.Changed is ["owner"] && Is(this, change.Old!["owner"]) && Is(folder, change.New!["owner"]);

        static bool Is(ProofSchema schema, string role) => schema._model.Catalog.Roles.Values.Any(known => known.Superuser && known.Sql == role);
    }
}
