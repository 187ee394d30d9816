namespace SmeFinancialOs.Data.Audit.Shipped;

/// <summary>Generated from sql/ by ShippedFunctionTests, which compares it; CONTRIBUTING.md says how. Do not edit it.</summary>
internal static class ShippedFunctions
{
    internal static IReadOnlyList<ShippedFunction> Guard { get; } =
    [
        new("sql/guard/allowlist.sql", "app_guard.allow", true, 296,
            "730efa9285d33ef463d25db52928da85d760278861d0da45e6fd74187087ede2"),
        new("sql/guard/allowlist.sql", "app_guard.disallow", true, 57,
            "61c7dc3b47a1e0bbce2283ec297d8035d259a85454c53f1212b31e8a2767fa2a"),
        new("sql/guard/tenant_guard.sql", "app_guard.definition_of", false, 44,
            "67f3ffa2b11d5f0cb40993b5d9d81fe3cf5f055dfee4804c0e75b325e879267d"),
        new("sql/guard/tenant_guard.sql", "app_guard.pin", true, 62,
            "a754c32bd7a03c8bfbc8fecd3ad29ad344c9ffa2ad344233299197b96d791b92"),
        new("sql/guard/tenant_guard.sql", "app_guard.expect", true, 81,
            "45d24bfd3ffa3eab1e9de1b3fb17baf844e99b112e8f870f2d51ce510c88e896"),
        new("sql/guard/tenant_guard.sql", "app_guard.faults", true, 4139,
            "25b8b039c1e8e230a1a80ee8d97c04dcb23633d2ca008dfe01fb762e6d7aba50",
            96, 121, 153, 1400, 1621, 1635, 2128, 2143, 2158, 2714, 3072, 3131, 3138, 3152, 3788, 4007, 4015, 4029, 4044),
        new("sql/guard/tenant_guard.sql", "app_guard.check_now", false, 198,
            "7795cbdc094044dca7b5380fd18f5b2e6b03e29d7d19d3354d70a539a2d81a5c"),
        new("sql/guard/tenant_guard.sql", "app_guard.check_at_commit", true, 115,
            "719956d73bdc32a428131605c6b3b7da625926332f12cc18ce116eb1ab3443cf"),
        new("sql/guard/tenant_guard.sql", "app_guard.note_change", true, 76,
            "8ddcc6fba92404640109c2f48eb04a90aeac53d23584d2f14dbbc519bc9e30c0"),
    ];

    internal static IReadOnlyList<ShippedFunction> Seal { get; } =
    [
        new("sql/seal/sealed_context.sql", "app_seal.refuse", true, 519,
            "a435f5e59d4015a6b2957bcf2ca70e7fb5a9d984d9095272329f97de821d6de3"),
        new("sql/seal/sealed_context.sql", "app.current_org_id", false, 61,
            "5070c87d081349ecbdeea9c2a028042bf960318ccc5bfc9167563f173fc6b38e",
            11, 27),
        new("sql/seal/sealed_context.sql", "app.context_holds", false, 56,
            "da8b6de3c791565b1a69297b8d9bff5ce9ef6de730fe20f1ab99e60c6f14b525",
            7, 24),
        new("sql/objects/seal_keys.sql", "app_seal.admits_entry", true, 158,
            "0863e56647d41978381c209b57a6698da687636368d103d1745fc14dac4d1705",
            22),
    ];
}
