using System;

namespace Rouse.Config.Attributes;

/// <summary>How many values an attribute takes.</summary>
public enum Arity
{
    One = 1,
    Two = 2,
    OneOrMore,
    AnyNumber,
}

/// <summary>In which entries an attribute may stand.</summary>
[Flags]
public enum Places
{
    Service = 1,
    Defaults = 2,
    Both = 3,
}

/// <summary>Which operators an attribute takes, which is also whether it may be given more than once.</summary>
public enum Operators
{
    /// <summary><c>=</c>, once in an entry.</summary>
    SetOnce,

    /// <summary><c>=</c>, once in an entry; twice in defaults is an error, as in the original.</summary>
    SetOnceForAll,

    /// <summary><c>=</c>, <c>+=</c>, <c>-=</c>, any number of times; in defaults <c>=</c> means <c>+=</c>.</summary>
    Cumulative,
}

/// <summary>What is known of one attribute; <see cref="LandsIn"/> names the property of ServiceDefinition that it becomes.</summary>
public sealed class AttributeRow
{
    internal AttributeRow(
        string name, AttributeId id, Arity arity, Operators operators, Places places, AttributeParser parse, string landsIn)
    {
        Name = name;
        Id = id;
        Arity = arity;
        Operators = operators;
        Places = places;
        Parse = parse;
        LandsIn = landsIn;
    }

    public string Name { get; }

    public AttributeId Id { get; }

    public Arity Arity { get; }

    public Operators Operators { get; }

    public Places Places { get; }

    public string LandsIn { get; }

    /// <summary>The original does not know it. It may also stand in a comment that begins with <c>#rouse:</c>.</summary>
    public bool IsOwn { get; init; }

    internal AttributeParser Parse { get; }
}

/// <summary>Reads the values of an assignment into its draft; false after it has reported why it cannot.</summary>
internal delegate bool AttributeParser(Assignment assignment);
