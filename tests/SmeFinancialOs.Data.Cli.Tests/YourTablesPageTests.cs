using System.Text.RegularExpressions;
using Npgsql;

namespace SmeFinancialOs.Data.Cli.Tests;

/// <summary>docs/your-tables.md from tables that exist to a clean audit and the guard, with its own commands and statements, in its order.</summary>
public sealed partial class YourTablesPageTests(Databases databases) : IClassFixture<Databases>
{
    private const string Tables = """
        CREATE TABLE public.accounts (id bigint PRIMARY KEY, name text NOT NULL);
        CREATE TABLE public.orders (account_id bigint NOT NULL REFERENCES public.accounts, id bigint NOT NULL UNIQUE, PRIMARY KEY (account_id, id));
        CREATE TABLE public.order_notes (order_id bigint NOT NULL REFERENCES public.orders (id), number int NOT NULL, note text,
            PRIMARY KEY (order_id, number));
        CREATE TABLE public.order_lines (order_id bigint NOT NULL REFERENCES public.orders (id), number int NOT NULL, PRIMARY KEY (order_id, number));
        CREATE TABLE public.users (id bigint PRIMARY KEY, name text, password_hash text);
        CREATE TABLE public.memberships (account_id bigint NOT NULL REFERENCES public.accounts, user_id bigint NOT NULL REFERENCES public.users,
            PRIMARY KEY (account_id, user_id));
        CREATE INDEX ON public.memberships (user_id);
        CREATE TABLE public.countries (code text PRIMARY KEY);
        INSERT INTO public.accounts VALUES (1, 'one'), (2, 'two');
        INSERT INTO public.orders VALUES (1, 11), (2, 22);
        INSERT INTO public.order_notes VALUES (11, 1, 'of one'), (22, 1, 'of two');
        INSERT INTO public.order_lines VALUES (11, 1), (22, 1);
        INSERT INTO public.users VALUES (1, 'Ann', 'secret'), (2, 'Bob', 'secret');
        INSERT INTO public.memberships VALUES (1, 1), (2, 2);
        INSERT INTO public.countries VALUES ('DE');
        """;

    private const string Rows = """
        SELECT concat_ws(' ', (SELECT string_agg(id::text, ',') FROM public.accounts), (SELECT string_agg(id::text, ',') FROM public.orders),
            (SELECT string_agg(note, ',') FROM public.order_notes), (SELECT string_agg(order_id::text, ',') FROM public.order_lines),
            (SELECT string_agg(name, ',') FROM public.users), (SELECT string_agg(code, ',') FROM public.countries))
        """;

    private static readonly Page Guide = new(Page.YourTables);

    [Fact]
    public async Task The_calls_of_the_page_make_tables_that_exist_safe_and_the_audit_and_the_guard_agree()
    {
        var database = await databases.NewEmptyAsync();
        using var tool = new Tool();
        tool.Environment["SME_DATA_CONNECTION"] = database;
        await Databases.ExecuteAsync(database, Tables);

        foreach (var line in Lines("1. "))
            (await tool.RunAsync(line)).ExitCode.Should().Be(0, string.Join(' ', line));
        await Databases.ExecuteAsync(database, Guide.Blocks("sql", "2. ")[0]);
        foreach (var table in new[] { "orders", "order_notes", "order_lines", "users", "memberships", "countries" })
            await Databases.ExecuteAsync(database, $"ALTER TABLE public.{table} OWNER TO app_owner");
        await Databases.ExecuteAsync(database, "SELECT app.protect_table('public.memberships', 'account_id')");
        var calls = Guide.CodeInTables("3. ").Where(code => code.StartsWith("app.", StringComparison.Ordinal)).ToList();
        calls.Should().HaveCount(4);
        foreach (var call in calls)
            await Databases.ExecuteAsync(database, $"SELECT {call}");
        foreach (var block in Guide.Blocks("sql", "3. "))
            await Databases.ExecuteAsync(database, block);
        var protect = ToolLine().Match(File.ReadAllText(Path.Combine(RepositoryRoot.Folder, Page.YourTables))).Groups["arguments"].Value;
        (await tool.RunAsync(protect.Split(' '))).Should().Be((0, "protected public.order_notes\n", ""));

        foreach (var line in Lines("4. "))
        {
            var (exit, output, error) = await tool.RunAsync(line);
            exit.Should().Be(0, string.Join(' ', line) + output + error);
        }

        (await Databases.ScalarAsync<string>(database, $"BEGIN; SET LOCAL ROLE tenant_role; SET LOCAL app.current_org_id = '1'; {Rows}"))
            .Should().Be("1 11 of one 11 Ann DE");
        const string forgotten = "CREATE TABLE public.forgotten (account_id bigint); GRANT SELECT ON public.forgotten TO tenant_role";
        await FluentActions.Awaiting(() => Databases.ExecuteAsync(database, forgotten)).Should().ThrowAsync<PostgresException>();
    }

    [Fact]
    public async Task Protect_takes_users_and_shared_tables_and_refuses_options_that_exclude_each_other()
    {
        var database = await databases.NewAsync("""
            CREATE TABLE public.people (id uuid PRIMARY KEY, name text, password text);
            CREATE TABLE public.members (org_id uuid NOT NULL REFERENCES organizations, person uuid NOT NULL REFERENCES public.people,
                PRIMARY KEY (org_id, person));
            CREATE INDEX ON public.members (person);
            CREATE TABLE public.countries (code text PRIMARY KEY);
            SELECT app.protect_table('public.members')
            """);
        using var tool = new Tool();
        tool.Environment["SME_DATA_CONNECTION"] = database;

        (await tool.RunAsync("protect", "public.people", "--through", "public.members", "--columns", "id, name"))
            .Should().Be((0, "protected public.people\n", ""));
        (await tool.RunAsync("protect", "public.countries", "--shared")).Should().Be((0, "shared public.countries\n", ""));
        (await Databases.ScalarAsync<string>(database, """
            SELECT string_agg(privilege_type || ' ' || column_name, ',' ORDER BY column_name) FROM information_schema.column_privileges
            WHERE grantee = 'tenant_role' AND table_name IN ('people', 'countries')
            """)).Should().Be("SELECT code,SELECT id,SELECT name");
        foreach (var (arguments, message) in new[]
        {
            ("public.people --shared --through public.members", "--through and --shared exclude each other"),
            ("public.people --shared --tenant-column id", "--tenant-column and --shared exclude each other"),
            ("public.people --columns id", "--columns is for tables of users"),
            ("public.people --through public.members --columns nothing", "has no column nothing"),
            ("public.countries --through public.members", "is protected in another way"),
            ("public.members --shared", "its rows belong to tenants"),
        })
        {
            var (exit, output, error) = await tool.RunAsync(["protect", .. arguments.Split(' ')]);
            (exit, output).Should().Be((2, ""), arguments);
            error.Should().Contain(message);
        }
    }

    /// <summary>The command lines of a section, as arguments of the tool.</summary>
    private static IEnumerable<string[]> Lines(string section) => Guide.Blocks("sh", section).SelectMany(block => block.Split('\n'))
        .Where(line => line.StartsWith("sme-data ", StringComparison.Ordinal)).Select(line => line.Split(' ')[1..]);

    [GeneratedRegex("The tool does the same: `sme-data (?<arguments>[^`]+)`")]
    private static partial Regex ToolLine();
}
