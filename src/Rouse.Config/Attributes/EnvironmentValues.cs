using System;
using Rouse.Config.Diagnostics;
using Rouse.Config.Syntax;

namespace Rouse.Config.Attributes;

/// <summary>env and passenv.</summary>
internal static class EnvironmentValues
{
    public static bool Env(Assignment a)
    {
        if (a.Operator == AssignOperator.Remove)
        {
            return a.Fail(
                Codes.EnvironmentRemoval, a.NameSpan, "env does not take '-='", "Leave the word out of the lines that add it.");
        }

        if (a.Operator == AssignOperator.Set)
        {
            a.Draft.Env.Clear();
        }

        bool understood = true;
        for (int i = 0; i < a.Count; i++)
        {
            if (a.Value(i).IndexOf((byte)'=') <= 0)
            {
                understood = a.Fail(
                    Codes.EnvironmentWord,
                    a.Span(i),
                    $"{Quoted.Of(a.Value(i))} is not of the form NAME=VALUE",
                    "A value cannot hold blanks, as words cannot be quoted.");
            }
            else
            {
                a.Draft.Env.Add(a.Text(i));
            }
        }

        return understood;
    }

    public static bool PassEnv(Assignment a)
    {
        a.Draft.PassEnv = a.Draft.PassEnv is null || a.Operator == AssignOperator.Set ? [] : [.. a.Draft.PassEnv];
        for (int i = 0; i < a.Count; i++)
        {
            string name = a.Text(i);
            if (a.Operator == AssignOperator.Remove)
            {
                a.Draft.PassEnv.Remove(name);
            }
            else if (!a.Host.HasEnvironmentVariable(name))
            {
                a.Warn(
                    Codes.UndefinedVariable,
                    a.Span(i),
                    $"the daemon's environment has no variable {Quoted.Of(name)}, so nothing is passed on",
                    "Set it where the daemon is started, or give it a value with env.");
            }
            else if (!a.Draft.PassEnv.Contains(name))
            {
                a.Draft.PassEnv.Add(name);
            }
        }

        return true;
    }
}
