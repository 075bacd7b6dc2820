// Each suite is half a dozen processes: two at once only make both slow.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
