using System;
using System.Collections.Generic;
using Rouse.Config.Addresses;
using Rouse.Config.Binding;
using Rouse.Config.Diagnostics;
using Rouse.Config.Syntax;
using Rouse.Config.Text;

namespace Rouse.Config.Attributes;

/// <summary>only_from and no_access.</summary>
internal static class AddressValues
{
    public static bool OnlyFrom(Assignment a) => Apply(a, ref a.Draft.OnlyFrom);

    public static bool NoAccess(Assignment a) => Apply(a, ref a.Draft.NoAccess);

    private static bool Apply(Assignment a, ref AddressRules? rules)
    {
        AddressPatterns patterns = new(a.Host, a.Databases);
        rules = AddressRules.Own(rules, a.Draft, keep: a.Operator != AssignOperator.Set);
        List<AddressPattern> into = a.Operator == AssignOperator.Remove ? [] : rules.Patterns;
        into.EnsureCapacity(into.Count + a.Count);
        bool understood = true;
        for (int i = 0; i < a.Count; i++)
        {
            PatternFault fault = patterns.Read(a.Value(i), a.Span(i), into);
            if (fault != PatternFault.None)
            {
                understood = Refuse(a, i, fault);
            }
            else
            {
                WarnOfShortForm(a, i);
            }
        }

        if (a.Operator == AssignOperator.Remove)
        {
            rules.Remove(into);
        }

        return understood;
    }

    private static bool Refuse(Assignment a, int index, PatternFault fault)
    {
        string word = Quoted.Of(a.Value(index));
        return fault == PatternFault.Comma
            ? a.Fail(Codes.AddressComma, a.Span(index), $"{word} has a comma in it", $"{a.Row.Name} takes blanks between its addresses.")
            : a.Fail(
                Codes.AddressNotUnderstood,
                a.Span(index),
                $"{word} is not understood as an address",
                fault switch
                {
                    PatternFault.FactorForm => "A factorised address is up to three numbers with dots, and then numbers from 0 "
                        + "to 255 in braces: 10.1.2.{3,4}.",
                    PatternFault.BadPrefixLength => "After the slash stands the number of bits of the network: up to 32 for "
                        + "IPv4, up to 128 for IPv6.",
                    PatternFault.Zone => "An address with a zone cannot be told from the same address on another interface: "
                        + "leave the zone out.",
                    _ => "It is no address, no host name that can be resolved, and not in /etc/networks. The original goes on without it.",
                });
    }

    private static void WarnOfShortForm(Assignment a, int index)
    {
        ReadOnlySpan<byte> word = a.Value(index);
        int slash = word.IndexOf((byte)'/');
        ReadOnlySpan<byte> address = slash < 0 ? word : word[..slash];
        if (address.Count((byte)'.') < 3 && AddressText.IsDigitsAndDots(address) && AddressText.TryReadV4(address, out uint v4, out _))
        {
            a.Warn(
                Codes.AddressShortForm,
                a.Span(index),
                $"{Quoted.Of(word)} stands for {IpAddress.FromV4(v4).ToText()}{SourceFile.Decode(slash < 0 ? [] : word[slash..])}",
                "Write all four numbers of the address.");
        }
    }

}
