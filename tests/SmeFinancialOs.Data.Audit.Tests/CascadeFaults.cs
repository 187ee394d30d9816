using static SmeFinancialOs.Data.Audit.Tests.PlantedFault;

namespace SmeFinancialOs.Data.Audit.Tests;

/// <summary>Triggers that a foreign-key action fires.</summary>
internal static class CascadeFaults
{
    private const string Crosses = "cascade-trigger-crosses-tenants";
    private const string NotUnderstood = "cascade-trigger-not-understood";
    private const string Untied = "UPDATE public.totals SET n = n - 1";
    private const string Person = "which rows the function is meant to change is not in the catalog";

    internal static IReadOnlyList<PlantedFault> All { get; } =
    [
        Fault("deletes", Plant(Untied)),
        Fault("for each statement", Plant(Untied, level: "STATEMENT")),
        Fault("sets null", Plant(Untied, "UPDATE", "ON DELETE SET NULL (item)")),
        Fault("sets the default", Plant(Untied, "UPDATE", "ON DELETE SET DEFAULT (item)")),
        Fault("updates", Plant(Untied, "UPDATE OF item", "ON UPDATE CASCADE")),
        Fault("as SECURITY DEFINER", Plant(Untied, options: "SECURITY DEFINER"), also: "owner-needs-context"),
        Fault("by a condition that other tenants' rows meet", Plant($"{Untied} WHERE name = OLD.name AND n > 0")),
        Fault("by a key that is unique for each tenant alone", Plant("UPDATE public.items SET code = NULL WHERE id = OLD.item")),
        Fault("deletes there", Plant("DELETE FROM public.totals WHERE n = 1")),
        Fault("reads", Plant("IF (SELECT sum(n) FROM public.totals) > 7 THEN RAISE EXCEPTION 'full'; END IF")),
        Fault("the condition that names the tenant is ORed", Plant($"{Untied} WHERE org_id = OLD.org_id OR name = OLD.name")) with { Rule = NotUnderstood },
        Fault("in a sub-query", Plant("UPDATE public.totals SET n = (SELECT count(*) FROM public.kids) WHERE org_id = OLD.org_id")),
        Fault("in a function that it calls", $"""
            {Plant("PERFORM public.recount()")}
            CREATE FUNCTION public.recount() RETURNS void LANGUAGE sql AS 'UPDATE public.totals SET n = n - 1';
            """),
        Fault("fired by the write of another trigger", Plant("UPDATE public.totals SET n = n - 1 WHERE org_id = OLD.org_id") + $"""
            CREATE FUNCTION public.h() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM public.kids; RETURN NULL; END';
            CREATE TRIGGER next AFTER UPDATE ON public.totals FOR EACH ROW EXECUTE FUNCTION public.h();
            """, "next on public.totals"),
        Fault("after the row, of a table that is not forced", Plant(Untied, timing: "AFTER") + "ALTER TABLE public.totals NO FORCE ROW LEVEL SECURITY;",
            also: "table-not-forced") with { Since = 18 },
        Fault("after the row, as the owner of a table that is not forced", Plant(Untied, timing: "AFTER", options: "SECURITY DEFINER")
            + "ALTER TABLE public.totals NO FORCE ROW LEVEL SECURITY;", also: "table-not-forced"),
        Not("builds SQL", Plant("EXECUTE ''UPDATE public.totals SET n = 1''")),
        Not("a variable", Plant("UPDATE public.totals SET n = 1 WHERE org_id = v", options: "", declare: "DECLARE v uuid := OLD.org_id; ")),
        Not("several tables", Plant("UPDATE public.totals t SET n = 1 FROM public.kids k WHERE k.org_id = t.org_id AND k.org_id = OLD.org_id")),
        Not("inserts", Plant("INSERT INTO public.totals VALUES (v, 1)", declare: "DECLARE v uuid := OLD.org_id; ")),
        Not("another key in conflict", Plant("INSERT INTO public.totals (org_id, n) VALUES (OLD.org_id, 1) ON CONFLICT (name) DO UPDATE SET n = 1")),
        Not("WHEN", Plant(Untied, when: "WHEN (pg_trigger_depth() = 0) ")),
        Not("another language", Plant(Untied).Replace("LANGUAGE plpgsql", "LANGUAGE internal", StringComparison.Ordinal)
            .Replace("AS 'BEGIN UPDATE public.totals SET n = n - 1; RETURN OLD; END'", "AS 'RI_FKey_noaction_del'", StringComparison.Ordinal)),
    ];

    private static PlantedFault Fault(string form, string plant, string trigger = "g on public.kids", params string[] also) =>
        Of(Crosses, trigger, plant, also) with { Form = form, Person = Person };

    private static PlantedFault Not(string form, string plant) => Of(NotUnderstood, "g on public.kids", plant) with { Form = form, Person = Person };

    /// <summary>Kids of items, and a total of each tenant that a trigger of the kids keeps.</summary>
    internal static string Plant(string statement, string @event = "DELETE", string action = "ON DELETE CASCADE", string timing = "BEFORE",
        string level = "ROW",
        string options = "", string declare = "", string when = "") => $"""
        CREATE TABLE public.totals (org_id uuid PRIMARY KEY REFERENCES public.organizations ON DELETE CASCADE, n bigint NOT NULL DEFAULT 5, name text);
        CREATE TABLE public.kids (org_id uuid NOT NULL REFERENCES public.organizations ON DELETE CASCADE, id uuid DEFAULT gen_random_uuid(),
            item uuid DEFAULT '00000000-0000-4000-8000-000000000000', name text, PRIMARY KEY (org_id, id),
            CONSTRAINT of_item FOREIGN KEY (org_id, item) REFERENCES public.items {action});
        ALTER TABLE public.totals OWNER TO $owner;
        ALTER TABLE public.kids OWNER TO $owner;
        SELECT app.protect_table('public.totals'), app.protect_table('public.kids');
        CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql {options} SET search_path = pg_catalog, pg_temp
            AS '{declare}BEGIN {statement.Replace("'full'", "''full''", StringComparison.Ordinal)}; RETURN {Returned(@event, level)}; END';
        ALTER FUNCTION public.f() OWNER TO $owner;
        CREATE TRIGGER g {timing} {@event} ON public.kids FOR EACH {level} {when}EXECUTE FUNCTION public.f();

        """;

    private static string Returned(string @event, string level) => level == "STATEMENT" ? "NULL" : @event == "DELETE" ? "OLD" : "NEW";
}
