namespace SmeFinancialOs.Data.Audit.Tests.Linting;

/// <summary>Migrations of a Supabase project run without a Supabase, and only their own faults are theirs.</summary>
public sealed class SupabasePreludeTests
{
    private const string Typical = """
        create extension if not exists "uuid-ossp" with schema extensions;
        create extension if not exists pgcrypto with schema "extensions";
        create extension if not exists "pg_graphql" with schema "graphql";
        create table public.profiles (
            id uuid primary key references auth.users on delete cascade, full_name text, secret text default encode(gen_random_bytes(8), 'hex'));
        create table public.notes (user_id uuid not null references auth.users (id) on delete cascade, id uuid not null default uuid_generate_v4(),
            body text, other uuid default extensions.uuid_generate_v4(), primary key (user_id, id));
        alter table public.profiles enable row level security;
        alter table public.notes enable row level security;
        create policy own_notes on public.notes for all to authenticated using ((select auth.uid()) = user_id);
        create function public.handle_new_user() returns trigger language plpgsql security definer set search_path = '' as $$
        begin
            insert into public.profiles (id, full_name) values (new.id, new.raw_user_meta_data ->> 'full_name');
            return new;
        end;
        $$;
        create trigger on_auth_user_created after insert on auth.users for each row execute procedure public.handle_new_user();
        insert into auth.users (id, email, raw_user_meta_data) values ('11111111-1111-1111-1111-111111111111', 'a@example.com', '{"full_name": "A"}');
        insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true);
        create policy avatars_read on storage.objects for select using (bucket_id = 'avatars');
        create policy avatars_write on storage.objects for insert to authenticated
            with check (bucket_id = 'avatars' and (storage.foldername(name))[1] = auth.uid()::text and storage.extension(name) = 'png'
                and auth.jwt() ->> 'aal' = 'aal2' and auth.role() = 'authenticated');
        create policy topics on realtime.messages for select to authenticated using (realtime.topic() = auth.email() and extension = 'broadcast');
        alter publication supabase_realtime add table public.notes;
        revoke all on public.profiles from anon;
        grant all on public.profiles to service_role, dashboard_user, supabase_admin, supabase_auth_admin;
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Migrations_of_a_project_run(bool disposable)
    {
        using var folder = new TemporaryMigrations(("20260101000000_init.sql", Typical),
            ("20260102000000_open.sql", "create table public.forgotten (user_id uuid not null, id uuid default uuid_generate_v4());"));
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var report = await new MigrationLint(server.ConnectionString, new()
        {
            Prelude = MigrationPreludes.Supabase,
            DisposableServer = disposable,
            Audit = new()
            {
                TenantColumn = "user_id",
                TenantSetting = "request.jwt.claim.sub",
                AppLogins = ["authenticated"],
                TenantRoles = [],
                AdminLogins = [],
                AdminRoles = ["service_role"],
            },
        }).RunAsync(folder.Path, cancellationToken: Sql.Cancel);
        report.Errors.Select(error => $"{error.Migration} {error.Line}: {error.Message}").Should().BeEmpty();
        report.Findings.Where(f => f.Finding.RuleId == "table-without-rls").Select(f => (f.Finding.ObjectName, f.Migration))
            .Should().Equal(("public.forgotten", "20260102000000_open.sql"));
        report.Findings.Select(f => f.Finding.ObjectName).Should().NotContain(name => name.StartsWith("auth.", StringComparison.Ordinal));
        report.Audit.Judgements.Where(judgement => judgement.Table == "public.forgotten").Select(judgement => judgement.Verdict)
            .Should().Equal(disposable ? [PolicyVerdict.Hole] : []);
    }
}
