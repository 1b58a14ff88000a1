using System;
using System.Collections.Generic;

namespace Rouse.Access.Wrappers;

/// <summary>What the rules for one daemon say of hosts.</summary>
internal sealed class DaemonIndex(HostIndex hosts, int[] oneByOne)
{
    public HostIndex Hosts { get; } = hosts;

    public int[] OneByOne { get; } = oneByOne;

    public sealed class Builder
    {
        private readonly HostIndex.Builder _hosts = new();
        private readonly List<int> _oneByOne = [];

        public void Add(WrapperRule rule, int number)
        {
            bool all = !rule.Clients.HasExceptions;
            if (all)
            {
                foreach (Term client in rule.Clients.Levels[0])
                {
                    all &= client.Name is null && _hosts.Add(client.Host!, number);
                }
            }

            if (!all && (_oneByOne.Count == 0 || _oneByOne[^1] != number))
            {
                _oneByOne.Add(number);
            }
        }

        public void Add(in PlainWord client, ReadOnlySpan<byte> text, int number) => _hosts.Add(client, text, number);

        public DaemonIndex Build() => new(_hosts.Build(), [.. _oneByOne]);
    }
}
