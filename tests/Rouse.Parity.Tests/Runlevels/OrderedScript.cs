using System.Collections.Generic;
using System.Linq;

namespace Rouse.Parity.Tests.Runlevels;

/// <summary>
/// An LSB script of a test: what it provides, what it needs, in which levels it is on. With <see cref="Stops"/>, what it needs to start it
/// needs until it has stopped.
/// </summary>
internal sealed record OrderedScript(string Name, string Levels, string[] Required, string[] Should)
{
    public string[] Aliases { get; init; } = [];

    /// <summary>The -Stop lines name the same as the -Start lines.</summary>
    public bool Stops { get; init; } = true;

    public string Text
    {
        get
        {
            string off = new([.. "0123456".Where(level => !Levels.Contains(level))]);
            IEnumerable<string> lines =
            [
                "#!/bin/sh",
                "### BEGIN INIT INFO",
                $"# Provides:          {string.Join(' ', Aliases.Prepend(Name))}",
                $"# Required-Start:    {string.Join(' ', Required)}",
                $"# Required-Stop:     {(Stops ? string.Join(' ', Required) : "")}",
                $"# Should-Start:      {string.Join(' ', Should)}",
                $"# Should-Stop:       {(Stops ? string.Join(' ', Should) : "")}",
                $"# Default-Start:     {string.Join(' ', Levels.ToCharArray())}",
                $"# Default-Stop:      {string.Join(' ', off.ToCharArray())}",
                $"# Short-Description: {Name}",
                "### END INIT INFO",
                "exit 0",
                "",
            ];
            return string.Join('\n', lines);
        }
    }

    public IEnumerable<string> Needs => Required.Concat(Should);

    /// <summary>Whether it is on nowhere that the other is off.</summary>
    public bool IsWithin(OrderedScript other) => Levels.All(level => other.Levels.Contains(level));

    public override string ToString() =>
        $"{Name}{string.Concat(Aliases.Select(alias => "=" + alias))} in {Levels} needs [{string.Join(' ', Required)}] likes [{string.Join(' ', Should)}]"
        + (Stops ? "" : ", stops anywhere");
}
