using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class SettingWithoutMissingOk : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "setting-without-missing-ok", AuditSeverity.Warning,
        "A setting read without missing_ok.",
        "A connection that never set it gets an error (42704) instead of no rows, unless a default is set, which is worse.",
        Docs + "functions-admin.html#FUNCTIONS-ADMIN-SET");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        (from policy in model.Policies
         where policy.Expressions.Any(text => SettingText.WithoutMissingOk(text).Any())
         select Found(policy.Name, Message, Fix.Of(PolicyRewrite.OfEach(policy, SettingText.AddMissingOk), policy.Expressions.All(SettingText.IsClosedByNull))))
        .Concat(from function in model.Settings.Functions
                where model.Settings.ReadsTenant(function) && SettingText.WithoutMissingOk(SqlText.Of(function.Definition)).Any()
                select Found(function.Signature, Message, new($"{SettingText.AddMissingOk(SqlText.Of(function.Definition))};",
                    SettingText.IsClosedByNull(SqlText.Of(function.Body)))));

    private const string Message = "current_setting has no second argument.";
}
