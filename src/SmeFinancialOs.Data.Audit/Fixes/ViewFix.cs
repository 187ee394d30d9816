using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Fixes;

/// <summary>Lets a view ask with the rights of whoever asks it.</summary>
internal static class ViewFix
{
    /// <summary>Safe when all who may read the view as the app may read what is below it, too. read: the view that they are granted.</summary>
    internal static Fix Invoke(DatabaseModel model, Relation view, Relation read)
    {
        var sql = $"ALTER VIEW {view.Name} SET (security_invoker = true);";
        var readers = model.AppGrants(GrantKind.Relation, read.Oid).Select(grant => grant.Grantee).Distinct();
        return readers.All(role => model.Catalog.ReadByView[view.Oid].All(below => model.Catalog.Grants[(GrantKind.Relation, below)]
            .Any(grant => grant.Privilege == "SELECT" && grant.Grantee == role)))
            ? Fix.Safe(sql)
            : Fix.Review(sql);
    }
}
