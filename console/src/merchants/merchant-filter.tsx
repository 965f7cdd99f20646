import { useTexts } from '../texts/texts.js';
import { useMerchantName } from './merchant-name.js';

interface MerchantFilterProps {
  /** The id of the merchant that a page is limited to. */
  id: string;
  onRemove: () => void;
}

/** Says to which merchant a page is limited, and takes that away. */
export function MerchantFilter({ id, onRemove }: MerchantFilterProps) {
  const { merchant, keys } = useTexts();
  const name = useMerchantName(id);
  return (
    <ul class="chips">
      <li>
        <button type="button" class="chip" onClick={onRemove}>
          {merchant.title}: <bdi>{name}</bdi> <span aria-hidden="true">×</span>
          <span class="unseen">{keys.removeFilter(merchant.title)}</span>
        </button>
      </li>
    </ul>
  );
}
