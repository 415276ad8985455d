using System.Collections.Concurrent;
using System.Reflection;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine;

/// <summary>Reads the inputs and sets the outputs of an activity by the names that its class declares, so that authors need not copy them one by one.</summary>
internal static class DeclaredArguments
{
    private static readonly ConcurrentDictionary<(Type Activity, Type Target), (PropertyInfo Input, PropertyInfo Member)[]> Inputs = new();
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Outputs = new();

    public static T Read<T>(ActivityExecutionContext context)
        where T : new()
    {
        object target = new T();

        foreach (var (input, member) in Inputs.GetOrAdd((context.Activity.GetType(), typeof(T)), Pair))
            if (((Input?)input.GetValue(context.Activity))?.ValueIn(context) is { } value)
                member.SetValue(target, value);

        return (T)target;
    }

    public static void Set(ActivityExecutionContext context, IReadOnlyDictionary<string, object?> values)
    {
        foreach (var property in Outputs.GetOrAdd(context.Activity.GetType(), OutputsOf))
            if (values.TryGetValue(property.Name, out var value) && property.GetValue(context.Activity) is Output output)
                context.Set(output, ValueConverter.Convert(value, output.Type));
    }

    private static (PropertyInfo Input, PropertyInfo Member)[] Pair((Type Activity, Type Target) types) =>
        [.. types.Target.GetProperties().Where(p => p.CanWrite).Select(p => (InputFor(types.Activity, p), p))];

    private static PropertyInfo InputFor(Type activity, PropertyInfo member) =>
        activity.GetProperty(member.Name) is { PropertyType: { IsGenericType: true } type } input
        && type.GetGenericTypeDefinition() == typeof(Input<>)
        && member.PropertyType.IsAssignableFrom(type.GenericTypeArguments[0])
            ? input
            : throw new InvalidOperationException(
                $"'{member.DeclaringType}.{member.Name}' cannot be read: '{activity}' has no input of that name that gives a {member.PropertyType}. Add it, or leave the member out."
            );

    private static PropertyInfo[] OutputsOf(Type activity) =>
        [.. activity.GetProperties().Where(p => typeof(Output).IsAssignableFrom(p.PropertyType))];
}
