namespace SmeFinancialOs.Data.Audit;

/// <summary>The context and the names of a framework's databases, as its own documentation writes them. What a host does otherwise, it says itself.</summary>
public sealed class TenantSchemaPreset
{
    private TenantSchemaPreset(string name, string context) => (Name, Context) = (name, context);

    /// <summary>supabase, postgrest, django-rls-tenants and prisma.</summary>
    public static IReadOnlyList<TenantSchemaPreset> All { get; } =
    [
        new("supabase", "set_config('request.jwt.claims', json_build_object('sub', :user, 'role', 'authenticated', 'tenant_id', :tenant, 'org_id', :tenant, "
            + "'organization_id', :tenant, 'app_metadata', json_build_object('tenant_id', :tenant, 'org_id', :tenant, 'organization_id', :tenant)"
            + ")::text, true)")
        {
            AppLogins = ["authenticator"],
            TenantRoles = ["authenticated", "anon"],
            AdminLogins = ["postgres", "supabase_admin"],
            AdminRoles = ["service_role"],
            Schemas = ["public"],
        },
        new("postgrest", "set_config('request.jwt.claims', json_build_object('sub', :user, 'tenant_id', :tenant, 'org_id', :tenant, "
            + "'organization_id', :tenant)::text, true)")
        {
            AppLogins = ["authenticator"],
            TenantRoles = [],
            AdminLogins = [],
            AdminRoles = [],
        },
        new("django-rls-tenants", "set_config('rls.is_admin', 'false', true), set_config('rls.current_tenant', :tenant, true)") { TenantColumn = "tenant_id" },
        new("prisma", "set_config('app.current_company_id', :tenant, true)") { TenantColumn = "companyId" },
    ];

    /// <summary>As <c>sme-data --context</c> takes it.</summary>
    public string Name { get; }

    /// <summary>For <see cref="TenantSchemaOptions.Context"/>.</summary>
    public string Context { get; }

    /// <summary>The tenant column; null where each host has a name of its own.</summary>
    public string? TenantColumn { get; private init; }

    /// <summary>The logins of the app; null where each host has names of its own.</summary>
    public IReadOnlyList<string>? AppLogins { get; private init; }

    /// <summary>The roles of a request; null where each host has names of its own.</summary>
    public IReadOnlyList<string>? TenantRoles { get; private init; }

    /// <summary>The logins of operators; null where each host has names of its own.</summary>
    public IReadOnlyList<string>? AdminLogins { get; private init; }

    /// <summary>The roles that see every tenant; null where each host has names of its own.</summary>
    public IReadOnlyList<string>? AdminRoles { get; private init; }

    /// <summary>The schemas of the host, without those of the framework; null: all of them.</summary>
    public IReadOnlyList<string>? Schemas { get; private init; }
}
