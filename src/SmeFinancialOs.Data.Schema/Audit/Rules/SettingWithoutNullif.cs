namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class SettingWithoutNullif : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "setting-without-nullif", AuditSeverity.Warning,
        "A setting that is cast without NULLIF.",
        "After a transaction-local setting has ended it reads '', not NULL, and '' is no uuid: an error (22P02) instead of no rows.",
        Docs + "functions-conditional.html#FUNCTIONS-NULLIF");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        (from policy in scene.Policies
         where policy.Expressions.Any(Misses)
         select Found(policy.Name, "It casts the setting as it is.", $"-- ALTER POLICY {policy.Sql} ON {policy.Table.Name} with NULLIF(current_setting(..), '')"))
        .Concat(from function in scene.Settings.Functions
                where scene.Settings.ReadsTenant(function) && Misses(SqlText.Of(function.Body))
                select Found(function.Signature, "It casts the setting as it is.", $"-- CREATE OR REPLACE {function.Signature} with NULLIF(current_setting(..), '')"));

    private static bool Misses(SqlText text) => text.Calls(name => name.Equals("current_setting", StringComparison.OrdinalIgnoreCase)).Any(call =>
    {
        var after = SqlText.Close(text.Tokens, call.Index + 1) + 1;
        while (after < text.Tokens.Count && text.Tokens[after] == ")")
            after++;
        return text.Tokens.ElementAtOrDefault(after) == "::" && text.Tokens.ElementAtOrDefault(after + 1) is not ("text" or null);
    });
}
