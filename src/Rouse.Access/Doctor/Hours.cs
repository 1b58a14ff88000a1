using System;
using System.Collections.Immutable;
using Rouse.Config.Diagnostics;
using Rouse.Config.Doctor;
using Rouse.Config.Model;

namespace Rouse.Access.Doctor;

/// <summary>Spans of access_times that other spans hold already, and hours that are all of the day.</summary>
internal static class Hours
{
    private const int LastMinute = (24 * 60) - 1;

    public static void Look(Examination e)
    {
        foreach (ServiceDefinition service in e.Configuration.Services)
        {
            if (!service.AccessTimes.IsDefaultOrEmpty)
            {
                Look(e, service);
            }
        }
    }

    private static void Look(Examination e, ServiceDefinition service)
    {
        ImmutableArray<AccessHours> spans = service.AccessTimes.Sort(static (a, b) =>
        {
            int order = a.FromMinute.CompareTo(b.FromMinute);
            order = order != 0 ? order : b.ToMinute.CompareTo(a.ToMinute);
            return order != 0 ? order : a.Span.Start.CompareTo(b.Span.Start);
        });
        int covered = -1;
        foreach (AccessHours span in spans)
        {
            covered = span.FromMinute <= covered + 1 ? Math.Max(covered, span.ToMinute) : covered;
        }

        if (covered == LastMinute)
        {
            e.Note(
                Codes.HoursCovered,
                e.PlaceOf(service, "access_times"),
                $"access_times has no effect: together the spans are the whole day. Take the line out of service {Quoted.Of(service.Id)}.");
            return;
        }

        // The one that reaches furthest of those that begin no later.
        AccessHours widest = spans[0];
        foreach (AccessHours span in spans[1..])
        {
            if (span.ToMinute <= widest.ToMinute)
            {
                e.Note(
                    Codes.HoursCovered,
                    span.Span,
                    $"{Network.Word(span.Span)} adds nothing to access_times, as {Network.Word(widest.Span)} holds it. Take one of the two out.");
            }
            else
            {
                widest = span;
            }
        }
    }
}
