using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Fixes;

// Takes an object from an owner that the app may be, and leaves that one what an app needs.
internal static class OwnerFix
{
    // what: TABLE public.items. Its new owner is the one that most tenant tables have already.
    internal static Fix Give(AuditScene scene, string what, uint owner)
    {
        var heir = scene.TenantTables.Select(table => table.Owner).Concat(scene.Catalog.Schemas.Where(schema => schema.Owner != scene.DatabaseOwners)
            .Select(schema => schema.Owner))
            .Where(role => !scene.Identities.IsApp(role) && scene.Catalog.Roles.TryGetValue(role, out var known) && !known.LogsIn)
            .GroupBy(role => role).OrderByDescending(group => group.Count()).FirstOrDefault()?.Key;
        if (heir is null)
            return Fix.Person($"ALTER {what} OWNER TO a role that nobody logs in as; and grant {scene.Identities.NameOf(owner)} what it needs");
        var privileges = what.Split(' ')[0] switch
        {
            "TABLE" => "SELECT, INSERT, UPDATE, DELETE",
            "SCHEMA" => "USAGE",
            "DATABASE" => "CONNECT",
            _ =>
            "EXECUTE"
        };
        return Fix.Review($"ALTER {what} OWNER TO {scene.Identities.NameOf(heir.Value)};\nGRANT {privileges} ON {what} TO {scene.Identities.NameOf(owner)};");
    }
}
