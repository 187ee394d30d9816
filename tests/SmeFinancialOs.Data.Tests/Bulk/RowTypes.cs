using System.Reflection;
using System.Reflection.Emit;

namespace SmeFinancialOs.Data.Tests.Bulk;

/// <summary>Types of rows that C# has no words for: with a thousand properties, or with names that are SQL. F# and generated code can have such
/// names.</summary>
internal static class RowTypes
{
    private static readonly ModuleBuilder Module =
        AssemblyBuilder.DefineDynamicAssembly(new("SmeFinancialOs.Data.Tests.Rows"), AssemblyBuilderAccess.Run).DefineDynamicModule("rows");

    private static int _types;

    public static Type Make(string name, IEnumerable<(string Name, Type Type)> properties)
    {
        var type = Module.DefineType($"{name}{Interlocked.Increment(ref _types)}", TypeAttributes.Public);
        foreach (var (property, of) in properties)
        {
            var field = type.DefineField($"_{property}", of, FieldAttributes.Public);
            var getter = type.DefineMethod($"get_{property}", MethodAttributes.Public, of, []);
            var code = getter.GetILGenerator();
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Ldfld, field);
            code.Emit(OpCodes.Ret);
            type.DefineProperty(property, PropertyAttributes.None, of, null).SetGetMethod(getter);
        }

        return type.CreateType();
    }

    public static Task<long> InsertAsync(
        ITenantSession session, string table, Type type, int count, Func<string, int, object?> value, CancellationToken cancellationToken) =>
        (Task<long>)typeof(RowTypes).GetMethod(nameof(InsertRowsAsync), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type)
            .Invoke(null, [session, table, count, value, cancellationToken])!;

    private static Task<long> InsertRowsAsync<T>(
        ITenantSession session, string table, int count, Func<string, int, object?> value, CancellationToken cancellationToken)
        where T : new() =>
        session.InsertManyAsync(table, Enumerable.Range(0, count).Select(i =>
        {
            var row = new T();
            foreach (var field in typeof(T).GetFields())
                field.SetValue(row, value(field.Name[1..], i));
            return row;
        }), cancellationToken);
}
