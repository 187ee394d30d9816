using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Fixes;

/// <summary>Takes an object from an owner that the app may be, and leaves that one what an app needs.</summary>
internal static class OwnerFix
{
    /// <summary>what: TABLE public.items. Its new owner is the one that most tenant tables have already.</summary>
    internal static Fix Give(DatabaseModel model, string what, uint owner)
    {
        var heir = model.TenantTables.Select(table => table.Owner).Concat(model.Catalog.Schemas.Where(schema => schema.Owner != model.DatabaseOwners)
            .Select(schema => schema.Owner))
            .Where(role => !model.Identities.IsApp(role) && model.Catalog.Roles.TryGetValue(role, out var known) && !known.LogsIn)
            .GroupBy(role => role).OrderByDescending(group => group.Count()).FirstOrDefault()?.Key;
        if (heir is null)
            return Fix.Person($"ALTER {what} OWNER TO a role that nobody logs in as; and grant {model.Identities.NameOf(owner)} what it needs");
        var privileges = what.Split(' ')[0] switch
        {
            "TABLE" => "SELECT, INSERT, UPDATE, DELETE",
            "SCHEMA" => "USAGE",
            "DATABASE" => "CONNECT",
            _ =>
            "EXECUTE"
        };
        return Fix.Review($"ALTER {what} OWNER TO {model.Identities.NameOf(heir.Value)};\nGRANT {privileges} ON {what} TO {model.Identities.NameOf(owner)};");
    }
}
