//! The large memory that Argon2id works in: kept and lent again. An allocator that is asked for it anew each time
//! never gives all of it back, and pays for its pages at every hash.

use std::sync::{Mutex, PoisonError};

use argon2::Block;
use zeroize::Zeroize;

use crate::fault::CryptoFault;

/// Spare memory of one size; there is as much of it as there were hashes at the same time.
pub(crate) struct Workspace {
    blocks: usize,
    spare: Mutex<Vec<Vec<Block>>>,
}

impl Workspace {
    /// Keeps memory of so many blocks; other sizes are lent and not kept.
    pub(crate) fn of(blocks: usize) -> Self {
        Self { blocks, spare: Mutex::new(Vec::new()) }
    }

    /// Lends memory to `work` and wipes what it leaves behind.
    pub(crate) fn lend<T>(
        &self,
        blocks: usize,
        work: impl FnOnce(&mut [Block]) -> T,
    ) -> Result<T, CryptoFault> {
        let mut memory = self.take(blocks)?;
        let outcome = work(&mut memory);
        memory.iter_mut().for_each(Zeroize::zeroize);
        self.give_back(memory);
        Ok(outcome)
    }

    fn take(&self, blocks: usize) -> Result<Vec<Block>, CryptoFault> {
        let kept = if blocks == self.blocks { self.spare().pop() } else { None };
        kept.map_or_else(|| allocated(blocks), Ok)
    }

    fn give_back(&self, memory: Vec<Block>) {
        if memory.len() == self.blocks {
            self.spare().push(memory);
        }
    }

    fn spare(&self) -> std::sync::MutexGuard<'_, Vec<Vec<Block>>> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn allocated(blocks: usize) -> Result<Vec<Block>, CryptoFault> {
    let mut memory = Vec::new();
    memory.try_reserve_exact(blocks).map_err(|_| CryptoFault::PrimitiveFailed)?;
    memory.resize(blocks, Block::new());
    Ok(memory)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn memory_of_the_usual_size_is_lent_again() {
        let workspace = Workspace::of(8);
        let first = workspace.lend(8, |memory| memory.as_ptr() as usize).unwrap();
        let second = workspace.lend(8, |memory| memory.as_ptr() as usize).unwrap();
        assert_eq!(first, second);
    }

    #[test]
    fn another_size_is_not_kept() {
        let workspace = Workspace::of(8);
        assert_eq!(workspace.lend(16, |memory| memory.len()).unwrap(), 16);
        assert!(workspace.spare().is_empty());
    }

    #[test]
    fn nothing_of_a_hash_stays_in_the_memory() {
        let workspace = Workspace::of(8);
        workspace.lend(8, |memory| memory.iter_mut().for_each(|block| block.as_mut().fill(7))).unwrap();
        let rest: u64 = workspace.lend(8, |memory| memory.iter().flat_map(AsRef::as_ref).sum()).unwrap();
        assert_eq!(rest, 0);
    }
}
