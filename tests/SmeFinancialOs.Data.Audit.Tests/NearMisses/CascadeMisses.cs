using static SmeFinancialOs.Data.Audit.Tests.CascadeFaults;
using static SmeFinancialOs.Data.Audit.Tests.NearMisses.NearMiss;

namespace SmeFinancialOs.Data.Audit.Tests.NearMisses;

/// <summary>Triggers that no foreign-key action fires, or that keep to the tenant of the row.</summary>
internal static class CascadeMisses
{
    private const string Untied = "UPDATE public.totals SET n = n - 1";

    private static readonly (string Why, string Plant)[] Plants =
    [
        ("names the tenant of the row", Plant($"{Untied} WHERE org_id = OLD.org_id")),
        ("names it with an alias, among other conditions", Plant("UPDATE public.totals AS t SET n = n - 1 WHERE n > 0 AND OLD.org_id = t.org_id")),
        ("in a sub-query, too", Plant("UPDATE public.totals SET n = (SELECT count(*) FROM public.kids WHERE org_id = OLD.org_id) WHERE org_id = OLD.org_id")),
        ("names the tenant in force", Plant($"{Untied} WHERE org_id = (SELECT app.current_org_id())", level: "STATEMENT")),
        ("inserts a row of the tenant of the row",
            Plant("INSERT INTO public.totals (n, org_id) VALUES (1, OLD.org_id) ON CONFLICT (org_id) DO UPDATE SET n = 2")),
        ("inserts without a list of columns", Plant("INSERT INTO public.totals VALUES (OLD.org_id, 1)")),
        ("changes the row alone", Plant("NEW.name := upper(OLD.name)", "UPDATE", "ON UPDATE CASCADE")),
        ("declares a row of a table", Plant("NULL", declare: "DECLARE r public.totals%ROWTYPE; i public.items.id%TYPE; ")),
        ("writes a table of no tenant", "CREATE TABLE public.log (at timestamptz); " + Plant("INSERT INTO public.log VALUES (now())")),
        ("the key takes no action", Plant(Untied, action: "")),
        ("the action is another one than the trigger's event", Plant(Untied, "INSERT")),
        ("the action sets another column", Plant(Untied, "UPDATE OF name", "ON DELETE SET NULL (item)")),
        ("the trigger is disabled", Plant(Untied) + "ALTER TABLE public.kids DISABLE TRIGGER g;"),
        ("a parent that the app may not delete", Plant(Untied, action: "") + "REVOKE DELETE ON public.items FROM $tenant;"),
        ("by a key that is unique", "ALTER TABLE public.items ADD UNIQUE (id); " + Plant("UPDATE public.items SET code = NULL WHERE id = OLD.item")),
        ("after the row, under FORCE", Plant(Untied, timing: "AFTER")),
        ("PostgreSQL's own function", Plant("NULL") + """
            DROP TRIGGER g ON public.kids;
            CREATE TRIGGER quiet BEFORE UPDATE ON public.items FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
            """),
    ];

    internal static IReadOnlyList<NearMiss> All { get; } =
    [
        .. from rule in (string[])["cascade-trigger-crosses-tenants", "cascade-trigger-not-understood"]
           from plant in Plants
           select Of(rule, plant.Why, plant.Plant),
    ];
}
