using System.Reflection;

namespace SmeFinancialOs.Data.BadInput.Tests;

/// <summary>A constructor, a method or one accessor of a property.</summary>
internal sealed record Member(MethodBase Method, PropertyInfo? Property)
{
    public string Name { get; } = $"{Text(Method.DeclaringType!)}.{(Property is null ? Method.Name.TrimStart('.') : $"{Property.Name} {Method.Name[..3]}")}"
        + (Method.IsGenericMethod ? $"<{Text(Method.GetGenericArguments()[0])}>" : "")
        + (Property is null ? $"({string.Join(", ", Method.GetParameters().Select(parameter => Text(parameter.ParameterType)))})" : "");

    public IReadOnlyList<ParameterInfo> Parameters { get; } = Method.GetParameters();

    public bool IsSetter => Property is not null && Parameters.Count > 0;

    public bool IsGetter => Property is not null && Parameters.Count == 0;

    public bool NeedsReceiver => !Method.IsStatic && !Method.IsConstructor;

    public ParameterInfo? Token => Parameters.FirstOrDefault(parameter => parameter.ParameterType == typeof(CancellationToken));

    /// <summary>What the caller knows the parameter by: a property has its own name.</summary>
    public string NameOf(ParameterInfo parameter) => Property?.Name ?? parameter.Name!;

    /// <summary>Whether null is announced as fit.</summary>
    public bool AllowsNull(ParameterInfo parameter) => Property is not null
        ? new NullabilityInfoContext().Create(Property).WriteState == NullabilityState.Nullable
        : new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable;

    /// <summary>The rest of the API is not told apart by full names.</summary>
    private static string Text(Type type) => type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Text))}>"
        : type.Name;
}
