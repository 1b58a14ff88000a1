using System;
using System.Diagnostics;
using System.Linq;
using System.Text;
using Rouse.Access.Wrappers;
using Rouse.Config.Addresses;
using static Rouse.Access.Tests.Wrappers.RuleTexts;

namespace Rouse.Access.Tests.Wrappers;

/// <summary>A verdict costs the same whether there are ten rules or a hundred thousand.</summary>
public sealed class WrapperCostTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("lines")]
    [InlineData("continued")]
    [InlineData("list")]
    public void A_hundred_thousand_addresses_are_not_gone_through(string shape)
    {
        HostRules few = Denying(shape, 10);
        HostRules many = Denying(shape, 100_000);
        Assert.Empty(many.Diagnostics);
        Assert.Equal(0, many.CountOneByOne("sshd"));
        WrapperRequest[] requests = [.. Enumerable.Range(0, 4096).Select(i => Request(Nth(i * 37 % 200_000)))];
        Assert.Equal(requests.Count(request => InList(request, 100_000)), requests.Count(request => Outcome(many, request) == WrapperOutcome.Denied));
        double fewNs = BestNanoseconds(few, requests);
        double manyNs = BestNanoseconds(many, requests);
        output.WriteLine($"{shape}: 10 addresses {fewNs:F1} ns, 100,000 addresses {manyNs:F1} ns, ratio {manyNs / fewNs:F2}");

        // The bound is wide: a shared machine's timing is no measure. A walk over the list would be thousands of times slower.
        Assert.InRange(manyNs / fewNs, 0, 30);
    }

    [Fact]
    public void Rules_for_other_daemons_and_behind_the_first_that_fits_are_not_tried()
    {
        StringBuilder allow = new();
        for (int i = 0; i < 1000; i++)
        {
            allow.Append($"daemon{i}: ALL EXCEPT .example\n");
        }

        HostRules rules = Rules(allow.ToString());
        Assert.Equal(0, rules.CountOneByOne("sshd"));
        Assert.Equal(1, rules.CountOneByOne("DAEMON7"));
    }

    [Fact]
    public void Deciding_allocates_nothing()
    {
        HostRules rules = Rules("sshd: .example root.example\nsshd: 10.1.0.0/16 EXCEPT 10.1.2.\n*d: 10.3. EXCEPT 10.3.3.*\n", "ALL: ALL\n");
        WrapperRequest[] requests = [.. Enumerable.Range(0, 1000).Select(i => Request(Nth(i * 7919), name: i % 2 == 0 ? "a.b.example" : null))];
        int granted = requests.Count(request => Outcome(rules, request) == WrapperOutcome.Granted);
        int again = 0;
        long allocated = Allocated.AtLeast(() =>
        {
            again = 0;
            for (int i = 0; i < 100_000; i++)
            {
                again += rules.Decide(requests[i % 1000]).Outcome == WrapperOutcome.Granted ? 1 : 0;
            }
        });
        Assert.Equal(0, allocated);
        Assert.Equal(granted * 100, again);
        Assert.InRange(granted, 1, 999);
    }

    [Theory]
    [InlineData("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b")]
    public void A_long_name_does_not_keep_a_wildcard_busy(string pattern)
    {
        HostRules rules = Rules($"ALL: {pattern}\n", "ALL: ALL\n");
        WrapperRequest request = Request("10.1.2.3", name: new string('a', 127));
        long start = Stopwatch.GetTimestamp();
        Assert.Equal(WrapperOutcome.Denied, Outcome(rules, request));

        // The original's way of trying everything would take longer than the universe has been there.
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 20);
    }

    private static HostRules Denying(string shape, int count)
    {
        StringBuilder text = new();
        for (int i = 0; i < count; i++)
        {
            string address = Nth(i);
            text.Append(shape switch
            {
                "lines" => $"ALL: {address}\n",
                "list" => $"{address}\n",
                _ => i % 100 == 0 ? $"ALL: {address}" : $" \\\n{address}",
            });
            text.Append(shape == "continued" && (i % 100 == 99 || i == count - 1) ? "\n" : "");
        }

        return shape == "list"
            ? new RuleTexts().With("deny", "ALL: /list\n").With("/list", text.ToString()).Rules()
            : Rules("", text.ToString());
    }

    // Spread over the whole space: multiplied by an odd number, no two are the same.
    private static string Nth(int i) => IpAddress.FromV4((uint)i * 2654435761).ToText();

    private static bool InList(in WrapperRequest request, int count)
    {
        // 244002641 undoes the multiplication.
        return request.Client!.Value.V4 * 244002641 < count;
    }

    private static double BestNanoseconds(HostRules rules, WrapperRequest[] requests)
    {
        double best = double.MaxValue;
        int denied = 0;
        for (int round = 0; round < 30; round++)
        {
            long start = Stopwatch.GetTimestamp();
            foreach (WrapperRequest request in requests)
            {
                denied += rules.Decide(request).Outcome == WrapperOutcome.Denied ? 1 : 0;
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / requests.Length);
        }

        Assert.NotEqual(0, denied);
        return best;
    }
}
