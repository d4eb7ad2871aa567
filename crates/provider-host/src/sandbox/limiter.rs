//! Holds a store to its limits of memory and tables. Exceeding one is a trap
//! that carries a [`LimitExceeded`], so that the caller's error names the limit
//! and not a failed allocation inside the component.

use crate::limit_exceeded::LimitExceeded;
use crate::limits::Limits;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use wasmtime::ResourceLimiter;

/// Bytes of linear memory that a store has, which never shrink. Read by the
/// record of a call, also when the store is gone.
pub(crate) type MemoryGauge = Arc<AtomicU64>;

/// Watches one store.
pub(crate) struct Limiter {
    limits: Arc<Limits>,
    memory: MemoryGauge,
}

impl Limiter {
    pub(crate) fn new(limits: Arc<Limits>) -> Self {
        Self {
            limits,
            memory: MemoryGauge::default(),
        }
    }

    pub(crate) fn memory(&self) -> &MemoryGauge {
        &self.memory
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let growth = as_u64(desired.saturating_sub(current));
        let wanted = self.memory.load(Ordering::Relaxed).saturating_add(growth);
        if wanted > self.limits.memory {
            return Err(wasmtime::Error::new(LimitExceeded::Memory {
                wanted,
                limit: self.limits.memory,
            }));
        }
        self.memory.store(wanted, Ordering::Relaxed);
        Ok(true)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let wanted = as_u64(desired);
        if wanted > self.limits.table_elements {
            return Err(wasmtime::Error::new(LimitExceeded::TableElements {
                wanted,
                limit: self.limits.table_elements,
            }));
        }
        Ok(true)
    }

    fn instances(&self) -> usize {
        as_usize(self.limits.instances)
    }

    fn tables(&self) -> usize {
        as_usize(self.limits.tables)
    }

    fn memories(&self) -> usize {
        as_usize(self.limits.memories)
    }
}

fn as_u64(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// A limit as the runtime takes it.
pub(super) fn as_usize(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::{LimitExceeded, Limiter};
    use crate::limits::Limits;
    use std::sync::Arc;
    use wasmtime::ResourceLimiter;

    fn limiter() -> Limiter {
        Limiter::new(Arc::new(Limits {
            memory: 1_000,
            table_elements: 10,
            ..Limits::default()
        }))
    }

    #[test]
    fn memories_are_counted_together() {
        let mut limiter = limiter();
        assert!(limiter.memory_growing(0, 600, None).unwrap());
        let error = limiter.memory_growing(0, 600, None).unwrap_err();
        assert_eq!(
            error.downcast_ref(),
            Some(&LimitExceeded::Memory {
                wanted: 1_200,
                limit: 1_000
            })
        );
    }

    #[test]
    fn growth_is_counted_once() {
        let mut limiter = limiter();
        assert!(limiter.memory_growing(0, 600, None).unwrap());
        assert!(limiter.memory_growing(600, 1_000, None).unwrap());
        assert!(limiter.memory_growing(1_000, 1_001, None).is_err());
    }

    #[test]
    fn a_table_may_not_outgrow_its_limit() {
        let mut limiter = limiter();
        assert!(limiter.table_growing(0, 10, None).unwrap());
        assert!(limiter.table_growing(10, 11, None).is_err());
    }
}
