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
        new("sql/guard/tenant_guard.sql", "app_guard.faults", true, 4811,
            "591a4d37ebb6d78030e96f56c60e16130b8856e019e838a32f9243c5e44dbb89",
            96, 121, 153, 1905, 2126, 2140, 2719, 2734, 2749, 3305, 3657, 3730, 3803, 3810, 3824, 4460, 4679, 4687, 4701, 4716),
        new("sql/guard/tenant_guard.sql", "app_guard.check_now", false, 198,
            "7795cbdc094044dca7b5380fd18f5b2e6b03e29d7d19d3354d70a539a2d81a5c"),
        new("sql/guard/tenant_guard.sql", "app_guard.check_at_commit", true, 115,
            "719956d73bdc32a428131605c6b3b7da625926332f12cc18ce116eb1ab3443cf"),
        new("sql/guard/tenant_guard.sql", "app_guard.note_change", true, 76,
            "8ddcc6fba92404640109c2f48eb04a90aeac53d23584d2f14dbbc519bc9e30c0"),
    ];

    internal static IReadOnlyList<ShippedFunction> Seal { get; } =
    [
        new("sql/seal/sealed_context.sql", "app_seal.refuse", true, 580,
            "cd7f66d1df23ae99810d4bf660df1acb267daefae0166cc5cf7a2e93c590afd1"),
        new("sql/seal/sealed_context.sql", "app.current_org_id", true, 68,
            "d35ff32f04082ffa5bcd70bf5bb98f54154b2751cc3263e7de1a02c438c889b5",
            10, 35),
        new("sql/seal/sealed_context.sql", "app.current_user_id", false, 29,
            "e0942ba55309cf7d6180d1f14ea51e44d6b2bf205652553d530ff57ee90ba96c"),
        new("sql/seal/sealed_context.sql", "app.current_roles", false, 47,
            "623c250232362ad4b31500f220e1c2ad7e8b8939f1822f2e5fd3ca918711a295"),
        new("sql/seal/sealed_context.sql", "app.context_holds", true, 75,
            "e3bb6a06d196d8d9917c0f24dcdcb71e5dd620f2ead91cb129c03ae09aee9c01",
            7, 24, 43),
        new("sql/objects/seal_keys.sql", "app_seal.admits_entry", true, 78,
            "f4913e9e79f95a9d549c118f2c0f781542c6b40e54549c8101e2cd6f66dce436",
            18),
    ];
}
