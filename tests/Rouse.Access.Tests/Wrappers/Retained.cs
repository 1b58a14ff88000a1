using System;
using System.Collections.Generic;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Rouse.Access.Tests.Wrappers;

/// <summary>
/// The memory of everything that is reached from an object: counted object by object, so that tests that run beside this one do not show.
/// </summary>
internal static class Retained
{
    private const int Header = 16;

    public static long BytesOf(object root)
    {
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        Stack<object> open = new([root]);
        long bytes = 0;
        while (open.TryPop(out object? each))
        {
            // What belongs to the program itself is there in any case.
            if (each is not (Type or Delegate or Pointer) && seen.Add(each))
            {
                bytes += SizeOf(each, open);
            }
        }

        return bytes;
    }

    private static long SizeOf(object each, Stack<object> open)
    {
        if (each is string text)
        {
            return Header + 6 + (2 * text.Length);
        }

        if (each is not Array array)
        {
            return Header + SizeOfFields(each, each.GetType(), open);
        }

        Type element = array.GetType().GetElementType()!;
        if (!element.IsValueType || HasReferences(element))
        {
            foreach (object? item in array)
            {
                if (item is not null && !element.IsValueType)
                {
                    open.Push(item);
                }
                else if (item is not null)
                {
                    SizeOfFields(item, element, open);
                }
            }
        }

        return Header + 8 + ((long)array.Length * (element.IsValueType ? RuntimeHelpers.SizeOf(element.TypeHandle) : IntPtr.Size));
    }

    private static int SizeOfFields(object each, Type type, Stack<object> open)
    {
        int bytes = 0;
        for (Type? declaring = type; declaring is not null; declaring = declaring.BaseType)
        {
            foreach (FieldInfo field in declaring.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                bytes += field.FieldType.IsValueType ? RuntimeHelpers.SizeOf(field.FieldType.TypeHandle) : IntPtr.Size;
                if (field.FieldType.IsPrimitive || field.FieldType.IsPointer || field.GetValue(each) is not { } value)
                {
                    continue;
                }

                if (!field.FieldType.IsValueType)
                {
                    open.Push(value);
                }
                else if (HasReferences(field.FieldType))
                {
                    SizeOfFields(value, field.FieldType, open);
                }
            }
        }

        return bytes;
    }

    private static bool HasReferences(Type type)
    {
        foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            if (!field.FieldType.IsValueType || (!field.FieldType.IsPrimitive && field.FieldType != type && HasReferences(field.FieldType)))
            {
                return true;
            }
        }

        return false;
    }
}
