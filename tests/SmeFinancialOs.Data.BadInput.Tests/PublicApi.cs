using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using SmeFinancialOs.Data.AspNetCore;
using SmeFinancialOs.Data.Audit;
using SmeFinancialOs.Data.Schema;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.BadInput.Tests;

/// <summary>Everything public of the packages: a new method is under test the day it appears.</summary>
internal static class PublicApi
{
    public static readonly Assembly[] Packages =
        [typeof(TenantConnectionFactory).Assembly, typeof(TenantContextOptions).Assembly, typeof(SchemaAudit).Assembly,
            typeof(SchemaMigrator).Assembly, typeof(TenantDatabase).Assembly];

    /// <summary>A number, a type that the rows of the statements here do not fit, and one without a public constructor.</summary>
    private static readonly Type[] TypesOfRows = [typeof(int), typeof(Invoice), typeof(TenantContext)];

    public static IReadOnlyDictionary<string, Member> Members { get; } = Packages
        .SelectMany(package => package.GetExportedTypes())
        .Where(type => !type.IsEnum && !typeof(Delegate).IsAssignableFrom(type) && !Exemptions.Cover(type))
        .Select(type => type.IsGenericTypeDefinition ? type.MakeGenericType(typeof(int)) : type)
        .SelectMany(MembersOf)
        .ToDictionary(member => member.Name);

    private static IEnumerable<Member> MembersOf(Type type)
    {
        const BindingFlags Own = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        foreach (var constructor in type.GetConstructors().Where(_ => !type.IsAbstract))
            yield return new Member(constructor, Property: null);
        foreach (var property in type.GetProperties(Own))
        {
            // What an automatic property shows was looked at when it was set.
            foreach (var accessor in property.GetAccessors()
                .Where(accessor => accessor.ReturnType == typeof(void) || !accessor.IsDefined(typeof(CompilerGeneratedAttribute))))
                yield return new Member(accessor, property);
        }

        // What the compiler writes for a record compares and prints.
        foreach (var method in type.GetMethods(Own).Where(method => !IsAccessor(method) && !method.IsDefined(typeof(CompilerGeneratedAttribute))))
        {
            foreach (var closed in Close(method))
                yield return new Member(closed, Property: null);
        }
    }

    private static bool IsAccessor(MethodInfo method) => method.IsSpecialName && method.Name[..4] is "get_" or "set_";

    private static IEnumerable<MethodInfo> Close(MethodInfo method)
    {
        if (!method.IsGenericMethodDefinition)
            return [method];
        var constrained = method.GetGenericArguments()[0].GetGenericParameterConstraints().Length > 0;
        return (constrained ? [typeof(RouteHandlerBuilder)] : TypesOfRows)
            .Select(type => method.MakeGenericMethod([.. method.GetGenericArguments().Select(_ => type)]));
    }
}
