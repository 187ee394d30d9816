using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class SettingWithoutNullif : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "setting-without-nullif", AuditSeverity.Warning,
        "A setting that is cast without NULLIF.",
        "After a transaction-local setting has ended it reads '', not NULL, and '' is no uuid: an error (22P02) instead of no rows.",
        Docs + "functions-conditional.html#FUNCTIONS-NULLIF");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        (from policy in model.Policies
         where policy.Expressions.Any(text => SettingText.WithoutNullif(text).Any())
         select Found(policy.Name, Message, Fix.Of(PolicyRewrite.OfEach(policy, SettingText.AddNullif), policy.Expressions.All(SettingText.IsClosedByNull))))
        .Concat(from function in model.Settings.Functions
                where model.Settings.ReadsTenant(function) && SettingText.WithoutNullif(SqlText.Of(function.Definition)).Any()
                select Found(function.Signature, Message, new($"{SettingText.AddNullif(SqlText.Of(function.Definition))};",
                    SettingText.IsClosedByNull(SqlText.Of(function.Body)))));

    private const string Message = "It casts the setting as it is.";
}
