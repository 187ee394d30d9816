using System.Text.RegularExpressions;
using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

/// <summary>DROP OWNED takes a role from the policies that name it, and a policy that then names none is gone. Whoever is the role may run it.</summary>
internal sealed partial class OwnedDroppable : CatalogRule
{
    internal const string Command = "DROP OWNED";
    private const string Script = "objects/keep_policies.sql";
    private const int Shown = 5;

    public override AuditRule Description { get; } = new(
        "owned-droppable", AuditSeverity.Warning,
        "Policies that the app may drop.",
        "SQL that is injected into one call drops with DROP OWNED every policy that names no role but the app's: "
        + "tables close to all tenants for good, or open.",
        Docs + "sql-drop-owned.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model)
    {
        if (model.Catalog.EventTriggers.Any(trigger => IsRefusal(model, trigger)))
            yield break;
        var identities = model.Identities;
        var roles = identities.Logins.SelectMany(identities.MayBecome).Concat(identities.TenantRoles).Concat(identities.AdminRoles)
            .Select(role => role.Oid).ToHashSet();
        string[] policies =
            [.. model.Policies.Where(policy => policy.Policy.Roles.All(roles.Contains)).Select(policy => policy.Name).Order(StringComparer.Ordinal)];
        if (policies.Length == 0)
            yield break;
        var more = policies.Length > Shown ? $" and {policies.Length - Shown} more" : "";
        yield return Found(Command, $"The app may drop {string.Join(", ", policies.Take(Shown))}{more} with it, and no event trigger refuses it.",
            model.Catalog.Functions.Values.Any(function => function.SqlName == "app.protect_table") ? Fix.Person($"run sql/{Script} as a superuser")
                : identities.Logins.Count == 0
                    ? Fix.Person($"as a superuser, create an event trigger on ddl_command_start that raises an error for {Command} by the app")
                : Fix.Review(Refusal(identities.Logins)));
    }

    /// <summary>The session's login is what no SET ROLE and no SECURITY DEFINER function changes. Only a superuser can create an event trigger.</summary>
    private static string Refusal(IEnumerable<Role> logins) => $"""
        CREATE OR REPLACE FUNCTION public.refuse_drop_owned() RETURNS event_trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $refuse$
        BEGIN
            IF session_user IN ({string.Join(", ", logins.Select(login => Identifier.Literal(login.Name)))}) THEN
                RAISE EXCEPTION '% is refused: it drops policies', tg_tag USING ERRCODE = 'insufficient_privilege';
            END IF;
        END
        $refuse$;
        REVOKE ALL ON FUNCTION public.refuse_drop_owned() FROM PUBLIC;
        CREATE EVENT TRIGGER refuse_drop_owned ON ddl_command_start WHEN TAG IN ('{Command}') EXECUTE FUNCTION public.refuse_drop_owned();
        ALTER EVENT TRIGGER refuse_drop_owned ENABLE ALWAYS;
        """;

    /// <summary>
    /// A trigger that fires for every command may be there to write them down, and one that names this one too: then its function raises no error.
    /// </summary>
    private static bool IsRefusal(DatabaseModel model, EventTrigger trigger)
    {
        if (!trigger.Fires || trigger.Event != "ddl_command_start")
            return false;
        var function = model.Catalog.Functions.GetValueOrDefault(trigger.Function);
        return trigger.Tags is null
            ? function is not null && function.Body.Contains(Command, StringComparison.OrdinalIgnoreCase) && Raises(function)
            : trigger.Tags.Contains(Command) && (function is null || Raises(function));
    }

    private static bool Raises(Function function) => function.Language != "plpgsql" || Raise().IsMatch(function.Body);

    [GeneratedRegex(@"\bRAISE\b(?!\s+(DEBUG|LOG|INFO|NOTICE|WARNING)\b)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Raise();
}
