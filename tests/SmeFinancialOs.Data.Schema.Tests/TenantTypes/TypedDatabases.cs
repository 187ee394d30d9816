using System.Collections.Concurrent;

namespace SmeFinancialOs.Data.Schema.Tests.TenantTypes;

/// <summary>One database of each type, sealed and not, for a class of tests.</summary>
public sealed class TypedDatabases
{
    private readonly ConcurrentDictionary<(TenantIdType, bool), Task<TypedDatabase>> _databases = new();

    internal Task<TypedDatabase> OfAsync(TenantIdType type, bool isSealed = false) =>
        _databases.GetOrAdd((type, isSealed), _ => TypedDatabase.CreateAsync(type, isGuarded: true, isSealed));
}
