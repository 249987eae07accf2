using System.Reflection;
using System.Reflection.Emit;

namespace SpendTracker.Tests.Architecture;

/// <summary>
/// The types that a compiled type names, in signatures and in the bodies of methods. It reads what the compiler wrote, so no
/// global using and no shared namespace can hide a name. Constants are missing: the compiler puts their values in their place.
/// </summary>
internal static class UsedTypes
{
    private const BindingFlags Own =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    /// <summary>Of a type with all that is nested in it, as closures and async methods are.</summary>
    public static IReadOnlySet<Type> Of(Type type)
    {
        HashSet<Type> found = [];
        Collect(type, found);
        return found;
    }

    /// <summary>The types that a type makes with <c>new</c>, in its own code and in all that is nested in it.</summary>
    public static IEnumerable<Type> MadeBy(Type type) => type.GetMethods(Own).Concat<MethodBase>(type.GetConstructors(Own))
        .Where(method => method.GetMethodBody() is not null)
        .SelectMany(method => MembersIn(method.GetMethodBody()!.GetILAsByteArray()!, method, OpCodes.Newobj))
        .Select(constructor => constructor.DeclaringType!)
        .Concat(type.GetNestedTypes(Own).SelectMany(MadeBy));

    private static void Collect(Type type, HashSet<Type> found)
    {
        Add(found, [type.BaseType, .. type.GetInterfaces(), .. type.GetFields(Own).Select(field => field.FieldType)]);
        Add(found, type.GetCustomAttributesData().SelectMany(TypesIn));
        Add(found, type.GetProperties(Own).SelectMany(property => property.GetCustomAttributesData()).SelectMany(TypesIn));
        foreach (var method in type.GetMethods(Own).Concat<MethodBase>(type.GetConstructors(Own)))
        {
            Add(found, TypesIn(method));
            Add(found, method.GetCustomAttributesData().SelectMany(TypesIn));
            if (method.GetMethodBody() is { } body)
            {
                Add(found, body.LocalVariables.Select(local => local.LocalType));
                Add(found, body.ExceptionHandlingClauses.Where(clause => clause.Flags == ExceptionHandlingClauseOptions.Clause).Select(clause => clause.CatchType));
                Add(found, MembersIn(body.GetILAsByteArray()!, method).SelectMany(TypesIn));
            }
        }

        foreach (var nested in type.GetNestedTypes(Own))
        {
            Collect(nested, found);
        }
    }

    private static IEnumerable<Type?> TypesIn(CustomAttributeData attribute) =>
        [attribute.AttributeType, .. attribute.ConstructorArguments.Select(argument => argument.Value as Type)];

    private static IEnumerable<Type?> TypesIn(MemberInfo member) => member switch
    {
        Type type => [type],
        FieldInfo field => [field.DeclaringType, field.FieldType],
        MethodInfo method => [method.DeclaringType, method.ReturnType, .. method.GetParameters().Select(p => p.ParameterType), .. method.GetGenericArguments()],
        MethodBase constructor => [constructor.DeclaringType, .. constructor.GetParameters().Select(p => p.ParameterType)],
        _ => [],
    };

    /// <param name="only">Members that this instruction names; null for all.</param>
    private static IEnumerable<MemberInfo> MembersIn(byte[] code, MethodBase method, OpCode? only = null)
    {
        var typeArguments = method.DeclaringType is { IsGenericType: true } generic ? generic.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (var at = 0; at < code.Length;)
        {
            var instruction = code[at] == 0xFE ? Codes[(short)((code[at] << 8) | code[at + 1])] : Codes[code[at]];
            at += instruction.Size;
            if ((only is null || only == instruction) && instruction.OperandType is (OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok))
            {
                yield return method.Module.ResolveMember(BitConverter.ToInt32(code, at), typeArguments, methodArguments)!;
            }

            at += instruction.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }

    private static void Add(HashSet<Type> found, IEnumerable<Type?> types)
    {
        foreach (var type in types.OfType<Type>())
        {
            var element = type.HasElementType ? type.GetElementType()! : type;
            if (found.Add(element))
            {
                Add(found, [element.HasElementType ? element : null, element.DeclaringType, .. element.IsGenericType ? element.GetGenericArguments() : []]);
            }
        }
    }
}
