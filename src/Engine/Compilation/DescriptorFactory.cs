using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection;
using System.Text;

namespace ServiceLoop.Engine.Compilation;

/// <summary>Reads the attributes and members of an activity class once, and turns every member access into a delegate.</summary>
internal static class DescriptorFactory
{
    private const BindingFlags Members = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    public static ActivityDescriptor Create(Type type)
    {
        if (type.IsAbstract || !typeof(Activity).IsAssignableFrom(type) || type.GetConstructor(Type.EmptyTypes) is null)
            throw new ArgumentException(
                $"'{type}' cannot be registered: it must be a class that derives from Activity and has a constructor without parameters.",
                nameof(type)
            );

        var attribute =
            type.GetCustomAttribute<ActivityAttribute>()
            ?? throw new ArgumentException($"'{type}' has no [Activity] attribute. Add [Activity(\"YourNamespace\")].", nameof(type));
        var name = attribute.Type ?? (type.IsGenericType ? type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)] : type.Name);
        var sample = (Activity)Activator.CreateInstance(type)!;
        var properties = Ordered(type);
        var inputs = properties
            .Where(p => p.GetCustomAttribute<InputAttribute>() is not null)
            .Select(p => InputOf(p, sample))
            .ToImmutableArray();
        var outputs = properties.Where(p => typeof(Output).IsAssignableFrom(p.PropertyType)).Select(OutputOf).ToImmutableArray();
        var ports = properties.Where(p => p.GetCustomAttribute<PortAttribute>() is not null).Select(PortOf).ToImmutableArray();
        var inHost = Overrides(type, "ExecuteAsync");
        var isTrigger =
            typeof(Trigger).IsAssignableFrom(type)
            || (type.BaseType is { IsGenericType: true } b && b.GetGenericTypeDefinition() == typeof(Trigger<>));

        if (inHost && Overrides(type, "Execute"))
            throw new ArgumentException(
                $"'{type}' overrides both Execute and ExecuteAsync. Keep Execute to run inside the engine, or ExecuteAsync to run in the host.",
                nameof(type)
            );

        return new ActivityDescriptor
        {
            TypeName = attribute.Namespace.Length == 0 ? name : $"{attribute.Namespace}.{name}",
            Namespace = attribute.Namespace,
            Name = name,
            Version = attribute.Version,
            Category = attribute.Category ?? attribute.Namespace,
            DisplayName = attribute.DisplayName ?? InWords(name),
            Description = attribute.Description,
            Kind = isTrigger && attribute.Kind == ActivityKind.Action ? ActivityKind.Trigger : attribute.Kind,
            RunAsynchronously = attribute.RunAsynchronously,
            Commit = attribute.Commit,
            IsBrowsable = attribute.IsBrowsable,
            ResilienceCategory = attribute.ResilienceCategory,
            IsTrigger = isTrigger,
            IsTerminal = typeof(ITerminalNode).IsAssignableFrom(type),
            IsStart = typeof(IStartNode).IsAssignableFrom(type),
            IsContainer = ports.Any(p => p.IsList),
            RunsInHost = inHost,
            CompletesItself = typeof(CodeActivity).IsAssignableFrom(type),
            Inputs = inputs,
            Outputs = outputs,
            Ports = ports,
            Outcomes = [.. type.GetCustomAttribute<FlowNodeAttribute>()?.Outcomes ?? []],
            ClrType = type,
            Create = System.Linq.Expressions.Expression.Lambda<Func<Activity>>(System.Linq.Expressions.Expression.New(type)).Compile(),
            ResumePoints = ResumePointsOf(type),
            CompletionCallbacks = CallbacksOf(type),
            InputsByName = inputs.Where(i => !i.IsReadByActivity).ToFrozenDictionary(i => i.Name, StringComparer.OrdinalIgnoreCase),
            OutputsByName = outputs.ToFrozenDictionary(o => o.Name, StringComparer.OrdinalIgnoreCase),
            PortsByName = ports.ToFrozenDictionary(p => p.PropertyName, StringComparer.OrdinalIgnoreCase),
        };
    }

    /// <summary>"SetVariable" as "Set Variable".</summary>
    private static string InWords(string name)
    {
        var words = new StringBuilder();

        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && !char.IsUpper(name[i - 1]))
                words.Append(' ');

            words.Append(name[i]);
        }

        return words.ToString();
    }

    /// <summary>Properties of base classes first, each class in the order of its source.</summary>
    private static List<PropertyInfo> Ordered(Type type)
    {
        var chain = new Stack<Type>();

        for (var current = type; current is not null && current != typeof(object); current = current.BaseType)
            chain.Push(current);

        return [.. chain.SelectMany(t => t.GetProperties(Members | BindingFlags.DeclaredOnly)).Where(p => p.GetMethod is not null)];
    }

    private static bool Overrides(Type type, string method) =>
        type.GetMethod(method, Members, [typeof(ActivityExecutionContext)]) is { } found
        && found.DeclaringType != typeof(Activity)
        && !(
            found.DeclaringType!.IsAbstract
            && found.DeclaringType.Assembly == typeof(Activity).Assembly
            && found.DeclaringType != typeof(Composite)
        );

    private static InputDescriptor InputOf(PropertyInfo property, Activity sample)
    {
        var attribute = property.GetCustomAttribute<InputAttribute>()!;
        var isWrapped = property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(Input<>);
        var current = property.GetValue(sample);
        var access = (Accessor)
            Activator.CreateInstance(typeof(Accessor<,>).MakeGenericType(property.DeclaringType!, property.PropertyType), property)!;
        var valueType = isWrapped ? property.PropertyType.GetGenericArguments()[0] : property.PropertyType;

        return new InputDescriptor
        {
            Name = property.Name,
            Type = valueType,
            IsWrapped = isWrapped,
            Attribute = attribute,
            IsReadByActivity = property.IsDefined(typeof(ReadByActivityAttribute)),
            DefaultValue = attribute.DefaultValue ?? (isWrapped ? (current as Input)?.Expression.Value : current),
            CreateCase =
                valueType.GetElementType() is { } item && item.IsSubclassOf(typeof(ActivityCase))
                    ? () => (ActivityCase)Activator.CreateInstance(item)!
                    : null,
            Get = access.Get,
            Set = isWrapped ? Wrapped(access, valueType) : access.Set,
        };
    }

    private static Action<Activity, object?> Wrapped(Accessor access, Type valueType)
    {
        var create = typeof(DescriptorFactory)
            .GetMethod(nameof(NewInput), BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(valueType)
            .CreateDelegate<Func<Expressions.ExpressionDefinition, Input>>();
        return (activity, value) => access.Set(activity, value is null ? null : create((Expressions.ExpressionDefinition)value));
    }

    private static Input NewInput<T>(Expressions.ExpressionDefinition expression) => new Input<T>(expression);

    private static OutputDescriptor OutputOf(PropertyInfo property)
    {
        var attribute = property.GetCustomAttribute<OutputAttribute>();
        var access = (Accessor)
            Activator.CreateInstance(typeof(Accessor<,>).MakeGenericType(property.DeclaringType!, property.PropertyType), property)!;
        var outputType = property.PropertyType;
        var create = System.Linq.Expressions.Expression.Lambda<Func<Output>>(System.Linq.Expressions.Expression.New(outputType)).Compile();

        return new OutputDescriptor
        {
            Name = property.Name,
            Type = outputType.GetGenericArguments()[0],
            DisplayName = attribute?.DisplayName ?? InWords(property.Name),
            Description = attribute?.Description,
            Get = activity => (Output?)access.Get(activity),
            GetOrCreate = activity =>
            {
                if (access.Get(activity) is Output existing)
                    return existing;

                var output = create();
                access.Set(activity, output);
                return output;
            },
        };
    }

    private static PortDescriptor PortOf(PropertyInfo property)
    {
        var access = (Accessor)
            Activator.CreateInstance(typeof(Accessor<,>).MakeGenericType(property.DeclaringType!, property.PropertyType), property)!;
        return new PortDescriptor
        {
            Name = property.GetCustomAttribute<PortAttribute>()!.Name ?? property.Name,
            PropertyName = property.Name,
            IsList = property.PropertyType != typeof(Activity),
            IsBrowsable = property.GetCustomAttribute<PortAttribute>()!.IsBrowsable,
            Get = access.Get,
            Set = access.Set,
        };
    }

    private static IEnumerable<MethodInfo> MethodsOf(Type type)
    {
        for (var current = type; current is not null && current != typeof(Activity); current = current.BaseType)
            foreach (var method in current.GetMethods(Members | BindingFlags.DeclaredOnly))
                if (!method.ContainsGenericParameters)
                    yield return method;
    }

    private static FrozenDictionary<string, ResumePoint> ResumePointsOf(Type type)
    {
        var points = new Dictionary<string, ResumePoint>(StringComparer.Ordinal);

        foreach (var method in MethodsOf(type))
        {
            var parameters = method.GetParameters();

            if (parameters.Length != 1 || parameters[0].ParameterType != typeof(ActivityExecutionContext))
                continue;

            var open = typeof(DescriptorFactory).GetMethod(
                method.ReturnType == typeof(ValueTask) ? nameof(HostPoint) : nameof(EnginePoint),
                BindingFlags.Static | BindingFlags.NonPublic
            )!;

            if (method.ReturnType == typeof(void) || method.ReturnType == typeof(ValueTask))
                points.TryAdd(method.Name, (ResumePoint)open.MakeGenericMethod(method.DeclaringType!).Invoke(null, [method])!);
        }

        return points.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static ResumePoint EnginePoint<TActivity>(MethodInfo method)
        where TActivity : Activity
    {
        var call = method.CreateDelegate<Action<TActivity, ActivityExecutionContext>>();
        return new((activity, context) => call((TActivity)activity, context), null);
    }

    private static ResumePoint HostPoint<TActivity>(MethodInfo method)
        where TActivity : Activity
    {
        var call = method.CreateDelegate<Func<TActivity, ActivityExecutionContext, ValueTask>>();
        return new(null, (activity, context) => call((TActivity)activity, context));
    }

    private static FrozenDictionary<string, Action<Activity, ActivityExecutionContext, ActivityCompletion>> CallbacksOf(Type type)
    {
        var callbacks = new Dictionary<string, Action<Activity, ActivityExecutionContext, ActivityCompletion>>(StringComparer.Ordinal);

        foreach (var method in MethodsOf(type))
        {
            var parameters = method.GetParameters();

            if (
                method.ReturnType != typeof(void)
                || parameters.Length != 2
                || parameters[0].ParameterType != typeof(ActivityExecutionContext)
                || parameters[1].ParameterType != typeof(ActivityCompletion)
            )
                continue;

            var open = typeof(DescriptorFactory).GetMethod(nameof(Callback), BindingFlags.Static | BindingFlags.NonPublic)!;
            callbacks.TryAdd(
                method.Name,
                (Action<Activity, ActivityExecutionContext, ActivityCompletion>)
                    open.MakeGenericMethod(method.DeclaringType!).Invoke(null, [method])!
            );
        }

        return callbacks.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static Action<Activity, ActivityExecutionContext, ActivityCompletion> Callback<TActivity>(MethodInfo method)
        where TActivity : Activity
    {
        var call = method.CreateDelegate<Action<TActivity, ActivityExecutionContext, ActivityCompletion>>();
        return (activity, context, completion) => call((TActivity)activity, context, completion);
    }

    private abstract class Accessor
    {
        public abstract object? Get(Activity activity);

        public abstract void Set(Activity activity, object? value);
    }

    private sealed class Accessor<TActivity, TValue>(PropertyInfo property) : Accessor
        where TActivity : Activity
    {
        private readonly Func<TActivity, TValue> get = property.GetMethod!.CreateDelegate<Func<TActivity, TValue>>();
        private readonly Action<TActivity, TValue?>? set = property.SetMethod?.CreateDelegate<Action<TActivity, TValue?>>();

        public override object? Get(Activity activity) => get((TActivity)activity);

        public override void Set(Activity activity, object? value) => set?.Invoke((TActivity)activity, (TValue?)value);
    }
}

/// <summary>An activity that ends its flowchart.</summary>
internal interface ITerminalNode;

/// <summary>The preferred start of a flowchart.</summary>
internal interface IStartNode;
